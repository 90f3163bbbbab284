//! C.

use super::RULE;
use crate::front::c::view::View;
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for zero in view
        .zeros
        .iter()
        .filter(|zero| zero.decides.is_none() && !zero.is_covered)
    {
        let message = format!("a failed `{}` is zero, and nobody can tell", zero.name);
        let found = Finding::new(RULE.name, zero.span.clone(), message)
            .help("read it with `bpf_core_read`, and mark the event when that fails");
        findings.push(found);
    }
    for read in view.unchecked.iter().filter(|read| read.used.is_none()) {
        let message = format!(
            "the result of `{}` is ignored, and `{}` may be zero",
            read.name, read.buffer
        );
        let found = Finding::new(RULE.name, read.span.clone(), message)
            .help("look at the result, and mark the event when it is negative");
        findings.push(found);
    }
}
