//! Rust.

use super::RULE;
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
            let found = Finding::new(
                RULE.name,
                function.span(&read.span),
                format!(
                    "the result of `{}` is ignored, and `{buffer}` is used",
                    read.callee
                ),
            )
            .label("may fail, and then nothing was read")
            .also(function.span(used), "used here")
            .help("look at the result before the buffer, with `?` or `if`");
            findings.push(found);
        }
    }
}
