//! `hardcoded-enum-value` in Rust crates.

use bpf_core_kernel_facts::enumerators::{Enum, enum_of};

use crate::front::rust::Crate;
use crate::rules::Finding;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for function in &krate.functions {
        for used in &function.enumerators {
            let found = super::finding(&function.span(&used.span), &used.name);
            findings.push(match enum_of(&used.name) {
                Some(Enum::Unnamed) => found
                    .note(super::UNNAMED)
                    .help("hand the value over in a `static`, which the loader sets"),
                Some(Enum::Named(of)) => found.help(format!(
                    "declare `enum {of}` with `#[derive(CoreEnum)]`, and take the running kernel's value \
                     with `core_enum_value!`"
                )),
                None => found,
            });
        }
    }
}
