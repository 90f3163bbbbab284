//! C.

use super::RULE;
use crate::front::c::view::View;
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for read in &view.unchecked {
        let Some(used) = &read.used else {
            continue;
        };
        let message = format!(
            "the result of `{}` is ignored, and `{}` is used",
            read.name, read.buffer
        );
        let found = Finding::new(RULE.name, read.span.clone(), message)
            .label("may fail, and then nothing was read")
            .also(used.clone(), "used here")
            .help("look at the result before the buffer: it is negative if nothing was read");
        findings.push(found);
    }
}
