//! `unguarded-field` in Rust crates.

use crate::front::rust::Crate;
use crate::known::Question;
use crate::rules::Finding;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    super::all(
        &krate.absences,
        |what| Some(cure(what).to_owned()),
        findings,
    );
}

fn cure(what: &Question) -> &'static str {
    match what {
        Question::Enumerator(..) => {
            "declare the enumerator `#[core(optional)]`, and use another value where \
             `core_enum_value!` gives `None`"
        }
        _ => {
            "declare the field `#[core(optional)]`, and read what these kernels have where the read \
             gives `None`"
        }
    }
}
