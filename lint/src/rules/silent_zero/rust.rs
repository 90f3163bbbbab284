//! Rust.

use super::RULE;
use crate::front::rust::Crate;
use crate::rules::Finding;
use crate::rules::zero_on_failure;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for (index, function) in krate.functions.iter().enumerate() {
        for fallback in &function.fallbacks {
            let checked = fallback.is_pointer && !fallback.decisions.is_empty();
            if checked || zero_on_failure::decision(krate, index, fallback).is_some() {
                continue;
            }
            let found = Finding::new(
                RULE.name,
                function.span(&fallback.span),
                "a failed read becomes zero",
            )
            .label("nobody can tell it from a zero in the kernel")
            .help("send the error, or whether there was one, along with the value");
            findings.push(found);
        }
    }
}
