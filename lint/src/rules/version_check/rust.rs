//! Rust.

use super::RULE;
use crate::front::rust::Crate;
use crate::rules::Finding;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for function in &krate.functions {
        for choice in &function.versions {
            let mut found = Finding::new(
                RULE.name,
                function.span(&choice.span),
                "a layout is chosen by the version of the kernel",
            )
            .label("distributions change layouts without a new version");
            if choice.layout != choice.span {
                found = found.also(function.span(&choice.layout), "the layout");
            }
            found = found.help(
                "ask for the field: declare it `#[core(optional)]`, or use `core_field_exists!`",
            );
            findings.push(found);
        }
    }
}
