//! `unchecked-read` in Rust crates.

use crate::front::rust::Crate;
use crate::front::rust::facts::Facts;
use crate::front::rust::view::{Function, Read};
use crate::rules::Finding;

/// A read that fills a buffer, whose result nobody looks at.
pub(super) fn wants(_: &Facts, _: &Function, read: &Read) -> bool {
    read.fills && !read.checked && read.used.is_some()
}

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for function in &krate.functions {
        let reads = function.reads.iter();
        for read in reads.filter(|read| wants(&krate.facts, function, read)) {
            let (Some(buffer), Some(used)) = (&read.buffer, &read.used) else {
                continue;
            };
            let by = format!("`{}`", read.callee);
            let span = function.span(&read.span);
            let found = super::finding(&span, &by, &format!("`{buffer}`"))
                .also(function.span(used), "used here")
                .help("look at the result before the buffer, with `?` or `if`");
            findings.push(found);
        }
    }
}
