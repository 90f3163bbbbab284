//! `unguarded-field` in C files.

use crate::front::c::view::View;
use crate::rules::Finding;

/// More places than these help nobody.
const MAX_PLACES: usize = 4;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for absence in &view.absences {
        let (record, path) = (&absence.record, &absence.path);
        let found = super::finding(&absence.span, record, path, &absence.kernels);
        let more = absence.more.iter().take(MAX_PLACES);
        let found = more.fold(found, |found, span| found.also(span.clone(), "and here"));
        findings.push(found.help(format!(
            "ask `bpf_core_field_exists(struct {record}, {path})` first, and read what these kernels have \
             where it is 0"
        )));
    }
}
