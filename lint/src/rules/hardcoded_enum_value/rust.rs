//! `hardcoded-enum-value` in Rust crates.

use crate::front::rust::Crate;
use crate::rules::Finding;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for function in &krate.functions {
        for used in &function.enumerators {
            let found = super::finding(&function.span(&used.span), &used.name).help(
                "declare the enum with `#[derive(CoreEnum)]`, and take the running kernel's value with \
                 `core_enum_value!`",
            );
            findings.push(found);
        }
    }
}
