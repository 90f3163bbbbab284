//! `unchecked-read` in C files.

use crate::front::c::view::{Ignored, View};
use crate::rules::{Finding, zero_on_failure};

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for read in &view.reads {
        if let Some(ignored) = &read.ignored
            && let Some(decision) = zero_on_failure::c::decision(read)
        {
            let by = format!("`{}`", read.name);
            let place = decision.span.clone();
            let found = super::finding(&read.span, &by, &buffer(ignored))
                .also(
                    place,
                    format!("{} here", zero_on_failure::words(decision.what)),
                )
                .help("look at the result before the buffer: it is negative if nothing was read");
            findings.push(found);
        }
    }
    for filled in &view.filled {
        let (by, buffer) = (format!("`{}`", filled.by), format!("`{}`", filled.buffer));
        let what = format!("{} here", zero_on_failure::words(filled.what));
        let found = super::finding(&filled.span, &by, &buffer)
            .also(filled.decides.clone(), what)
            .note("a path that is too long, or that leads nowhere, is a failure as well")
            .help("look at the result before the buffer: it is negative if nothing was written");
        findings.push(found);
    }
}

/// A buffer in words.
pub(in crate::rules) fn buffer(ignored: &Ignored) -> String {
    match &ignored.buffer {
        Some(name) => format!("`{name}`"),
        None => "the buffer".to_owned(),
    }
}
