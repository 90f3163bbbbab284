//! `conflicting-offset` in Rust crates.

use super::Fields;
use crate::front::rust::Crate;
use crate::front::rust::view::{Amount, Offset};
use crate::rules::{Finding, hardcoded_offset};

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    let mut fields = Fields::default();
    for (index, function) in krate.functions.iter().enumerate() {
        for offset in &function.offsets {
            if !hardcoded_offset::rust::is_relevant(krate, index, offset) {
                continue;
            }
            let (constant, bytes) = match &offset.by {
                Amount::Named(name, Some(value)) if !name.is_empty() => {
                    (Some(name.as_str()), *value)
                }
                Amount::Number(value) => (None, *value),
                _ => continue,
            };
            fields.add(
                base(krate, index, offset),
                constant,
                offset.target.as_deref(),
                bytes,
                function.span(&offset.span),
            );
        }
    }
    fields.check("`core_read!`", findings);
}

/// The struct that a pointer points to.
fn base(krate: &Crate, function: usize, offset: &Offset) -> Option<String> {
    let base = &offset.base;
    let named = base.ty.points_to().or(base.born.points_to());
    match krate.origin(function, base) {
        _ if named.is_some() => named.map(str::to_owned),
        origin if origin.is_task() => Some("task_struct".to_owned()),
        _ => None,
    }
}
