//! `version-check` in Rust crates.

use crate::front::rust::Crate;
use crate::rules::Finding;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for function in &krate.functions {
        findings.extend(function.versions.iter().map(|choice| {
            super::finding(&function.span(&choice.span), &function.span(&choice.layout)).help(
                "ask for the field: declare it `#[core(optional)]`, or use `core_field_exists!`",
            )
        }));
    }
}
