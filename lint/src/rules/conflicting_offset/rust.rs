//! `conflicting-offset` in Rust crates.

use super::Fields;
use crate::front::rust::Crate;
use crate::front::rust::view::Amount;
use crate::rules::Finding;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    let mut fields = Fields::default();
    for (index, function) in krate.functions.iter().enumerate() {
        for offset in &function.offsets {
            if !krate.is_in_kernel_struct(index, offset) {
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
                krate.record_of(index, offset).map(str::to_owned),
                constant,
                offset.target.as_deref(),
                bytes,
                function.span(&offset.span),
            );
        }
    }
    fields.check("`core_read!`", findings);
}
