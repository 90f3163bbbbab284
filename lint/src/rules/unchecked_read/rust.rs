//! `unchecked-read` in Rust crates.

use crate::front::rust::Crate;
use crate::front::rust::facts::Facts;
use crate::front::rust::view::{Function, Read};
use crate::rules::{Finding, zero_on_failure};

/// A read that fills a buffer, whose result nobody looks at.
pub(in crate::rules) fn wants(_: &Facts, _: &Function, read: &Read) -> bool {
    read.fills && !read.checked && read.used.is_some()
}

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for (index, function) in krate.functions.iter().enumerate() {
        for fallback in &function.fallbacks {
            let read = &function.reads[fallback.read];
            let Some(buffer) = read
                .buffer
                .as_ref()
                .filter(|_| wants(&krate.facts, function, read))
            else {
                continue;
            };
            if let Some((place, what)) = zero_on_failure::rust::decision(krate, index, fallback) {
                let by = format!("`{}`", read.callee);
                let found = super::finding(&function.span(&read.span), &by, &format!("`{buffer}`"))
                    .also(place, format!("{} here", zero_on_failure::words(what)))
                    .help("look at the result before the buffer, with `?` or `if`");
                findings.push(found);
            }
        }
    }
}
