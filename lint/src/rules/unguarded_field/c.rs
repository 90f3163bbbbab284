//! `unguarded-field` in C files.

use crate::front::c::view::{Question, View};
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    findings.extend(view.absences.iter().map(|absence| {
        let found = super::finding(absence);
        match &absence.what {
            Question::Field(record, path) => found.help(format!(
                "ask `bpf_core_field_exists(struct {record}, {path})` first, and read what these kernels have \
                 where it is 0"
            )),
            Question::Enumerator(of, name) => found.help(format!(
                "ask `bpf_core_enum_value_exists(enum {of}, {name})` first"
            )),
            _ => found,
        }
    }));
}
