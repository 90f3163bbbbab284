//! Rust.

use super::RULE;
use crate::front::rust::Crate;
use crate::rules::Finding;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for function in &krate.functions {
        for used in &function.enumerators {
            let found = Finding::new(
                RULE.name,
                function.span(&used.span),
                format!("`{}` is compiled in as a number", used.name),
            )
            .label("enumerators of the kernel shift when one is added or removed")
            .help(
                "declare the enum with `#[derive(CoreEnum)]`, and take the running kernel's value with \
                 `core_enum_value!`",
            );
            findings.push(found);
        }
    }
}
