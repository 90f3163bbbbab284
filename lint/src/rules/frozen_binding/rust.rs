//! `frozen-binding` in Rust crates.

use bpf_core_kernel_facts::context::is_registers;
use bpf_core_kernel_facts::types::is_uapi;

use crate::front::rust::Crate;
use crate::front::rust::facts::StructKind;
use crate::front::rust::view::{Function, How, Origin, Place};
use crate::known::Layout;
use crate::rules::Finding;
use crate::rules::{direct_deref, hardcoded_context};
use crate::span::Span;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for declared in krate.facts.structs.values() {
        if declared.kind == StructKind::Plain {
            let span = Span::new(&declared.path, declared.name.clone());
            let name = &declared.kernel_name;
            let message = format!("`Plain` reads `{name}` of the kernel with a frozen layout");
            let help = "derive `CoreStruct` instead, which reads each field by its name";
            findings.push(super::finding(&span, message).help(help));
        }
    }
    let records = hardcoded_context::rust::records(krate);
    for (index, function) in krate.functions.iter().enumerate() {
        for place in &function.places {
            let local = matches!(
                krate.origin(index, &place.base),
                Origin::Local | Origin::Map | Origin::User
            );
            // Bit-fields have a rule of their own, and so have what the verifier refuses and the context.
            let bits = place.how == How::Method || place.fields.contains("_bitfield_");
            let is_other = bits || direct_deref::rust::tells(krate, index, place);
            let is_other = is_other || records.contains(place.owner.as_str());
            if place.owner.is_empty() || local || is_other || !may_be_wrong(krate, place) {
                continue;
            }
            findings.push(finding(krate, function, place));
        }
    }
}

/// Whether the layout in the program may be another one than the kernel's.
fn may_be_wrong(krate: &Crate, place: &Place) -> bool {
    // aya's is the one of the user-space API, for the architecture that the program is built for.
    if is_registers(&place.owner) && !krate.facts.structs.contains_key(&place.owner) {
        return false;
    }
    match place.layout {
        // `core-struct-deref` tells it.
        _ if krate.facts.kind(&place.owner, place.bound) == StructKind::Core => false,
        // Such structs grow, and what they have stays where it is.
        _ if is_uapi(&place.owner) => false,
        Layout::Differs { .. } => true,
        Layout::Unknown => true,
        Layout::Own | Layout::Same => false,
    }
}

fn finding(krate: &Crate, function: &Function, place: &Place) -> Finding {
    let owner = &place.owner;
    let span = function.span(&place.span);
    let mut found = match place.how {
        How::Whole => {
            let message = format!("the whole of `{owner}` is read with a frozen layout");
            super::finding(&span, message)
        }
        How::OffsetOf => super::offset(&span, "offset_of!", owner, &place.fields),
        _ if place.fields.is_empty() => {
            super::finding(&span, format!("`{owner}` is used with a frozen layout"))
        }
        _ => super::member(&span, owner, &place.fields),
    };
    if let Some(declared) = krate.facts.structs.get(owner) {
        let text = match declared.kind {
            StructKind::Binding => "generated from the headers of one kernel",
            _ => "written after one kernel",
        };
        found = found.also(Span::new(&declared.path, declared.name.clone()), text);
    }
    super::on_kernels(found, &place.layout)
        .help("declare the field in a `#[derive(CoreStruct)]` struct and read it with `core_read!`")
}
