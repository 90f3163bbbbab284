//! `unguarded-field` in C files.

use crate::front::c::view::View;
use crate::known::Question;
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    super::all(&view.absences, cure, findings);
}

fn cure(what: &Question) -> Option<String> {
    match what {
        Question::Field(record, path, _) => Some(format!(
            "ask `bpf_core_field_exists(struct {record}, {path})` first, and read what these kernels have \
             where it is 0"
        )),
        Question::Enumerator(of, name) => Some(format!(
            "ask `bpf_core_enum_value_exists(enum {of}, {name})` first"
        )),
        _ => None,
    }
}
