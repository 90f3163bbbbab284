//! `bitfield-direct-read` in Rust crates.

use crate::front::rust::Crate;
use crate::front::rust::facts::StructKind;
use crate::front::rust::view::{How, Origin};
use crate::rules::Finding;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for (index, function) in krate.functions.iter().enumerate() {
        for place in &function.places {
            let local = matches!(
                krate.origin(index, &place.base),
                Origin::Local | Origin::Map
            );
            let binding = krate.facts.kind(&place.owner, place.bound) == StructKind::Binding;
            let bits = match place.how {
                // Bindings have methods for nothing else.
                How::Method => binding,
                _ => place.fields.contains("_bitfield_"),
            };
            if !bits || local || place.owner.is_empty() {
                continue;
            }
            let field = place.fields.rsplit('.').next().unwrap_or_default();
            let found = super::finding(&function.span(&place.span), field, &place.owner).help(
                "declare the field `#[core(bitfield)]` in a `#[derive(CoreStruct)]` struct, and read it \
                 with `core_read!`",
            );
            findings.push(found);
        }
    }
}
