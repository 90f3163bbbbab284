//! `unchecked-read` in Rust crates.

use crate::front::rust::Crate;
use crate::rules::Finding;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for function in &krate.functions {
        for read in &function.reads {
            let (Some(buffer), Some(used)) = (&read.buffer, &read.used) else {
                continue;
            };
            if !read.fills || read.checked {
                continue;
            }
            let by = format!("`{}`", read.callee);
            let span = function.span(&read.span);
            let found = super::finding(&span, &by, &format!("`{buffer}`"))
                .also(function.span(used), "used here")
                .help("look at the result before the buffer, with `?` or `if`");
            findings.push(found);
        }
    }
}
