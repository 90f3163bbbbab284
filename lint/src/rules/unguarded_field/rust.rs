//! `unguarded-field` in Rust crates.

use crate::front::kernels::Question;
use crate::front::rust::Crate;
use crate::rules::Finding;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    findings.extend(krate.absences.iter().map(|absence| {
        let found = super::finding(absence);
        match &absence.what {
            Question::Enumerator(..) => found.help(
                "declare the enumerator `#[core(optional)]`, and use another value where \
                 `core_enum_value!` gives `None`",
            ),
            _ => found.help(
                "declare the field `#[core(optional)]`, and read what these kernels have where the read \
                 gives `None`",
            ),
        }
    }));
}
