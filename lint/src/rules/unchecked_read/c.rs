//! `unchecked-read` in C files.

use crate::front::c::view::{Ignored, View};
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for read in &view.reads {
        if let Some(ignored) = &read.ignored
            && let Some(used) = &ignored.used
        {
            let by = format!("`{}`", read.name);
            let found = super::finding(&read.span, &by, &buffer(ignored))
                .also(used.clone(), "used here")
                .help("look at the result before the buffer: it is negative if nothing was read");
            findings.push(found);
        }
    }
}

/// A buffer in words.
pub(in crate::rules) fn buffer(ignored: &Ignored) -> String {
    match &ignored.buffer {
        Some(name) => format!("`{name}`"),
        None => "the buffer".to_owned(),
    }
}
