//! `silent-zero` in C files.

use super::RULE;
use crate::front::c::view::View;
use crate::rules::{Finding, unchecked_read, zero_on_failure};

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for read in &view.reads {
        let zero = read.zero.as_ref().filter(|zero| !zero.is_covered);
        if zero.is_some() && zero_on_failure::c::decision(read).is_none() {
            findings.push(super::finding(&read.span, &read.name));
        }
        // A pointer that only reads start from is checked by them.
        if let Some(ignored) = &read.ignored
            && ignored.used.is_none()
            && !ignored.is_covered
        {
            let buffer = unchecked_read::c::buffer(ignored);
            let message = format!(
                "the result of `{}` is ignored, and {buffer} may be zero",
                read.name
            );
            let found = Finding::new(RULE.name, read.span.clone(), message)
                .help("look at the result, and mark the event when it is negative");
            findings.push(found);
        }
    }
}
