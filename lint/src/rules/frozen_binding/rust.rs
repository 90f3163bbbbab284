//! `frozen-binding` in Rust crates.

use bpf_core_kernel_facts::types::is_uapi;

use crate::front::kernels::Layout;
use crate::front::rust::Crate;
use crate::front::rust::facts::{Facts, StructKind};
use crate::front::rust::view::{Function, How, Origin, Place, Read};
use crate::rules::finding::{Applicability, Edit, Finding, Fix};
use crate::rules::words;
use crate::span::Span;

/// A read at a field of a declaration: the finding about the field rewrites it.
pub(super) fn wants(_: &Facts, _: &Function, read: &Read) -> bool {
    read.source.place.is_some()
}

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
    for (index, function) in krate.functions.iter().enumerate() {
        for (number, place) in function.places.iter().enumerate() {
            let local = matches!(
                krate.origin(index, &place.base),
                Origin::Local | Origin::Map | Origin::User
            );
            // Bit-fields have a rule of their own.
            let bits = place.how == How::Method || place.fields.contains("_bitfield_");
            if place.owner.is_empty() || local || bits || !may_be_wrong(krate, place) {
                continue;
            }
            findings.push(finding(krate, function, number, place));
        }
    }
}

/// Whether the layout in the program may be another one than the kernel's.
fn may_be_wrong(krate: &Crate, place: &Place) -> bool {
    match place.layout {
        Layout::Differs(..) => true,
        _ if is_uapi(&place.owner) => false,
        // Rust orders the fields of such a struct as it likes.
        _ if krate.facts.kind(&place.owner, place.bound) == StructKind::Core => true,
        Layout::Unknown => true,
        Layout::Own | Layout::Same => false,
    }
}

fn finding(krate: &Crate, function: &Function, number: usize, place: &Place) -> Finding {
    let owner = &place.owner;
    let kind = krate.facts.kind(owner, place.bound);
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
            StructKind::Core => {
                "declared for access by name only: the order here is not the kernel's"
            }
            StructKind::Binding => "generated from the headers of one kernel",
            _ => "written after one kernel",
        };
        found = found.also(Span::new(&declared.path, declared.name.clone()), text);
    }
    if let Layout::Differs(what, values) = &place.layout {
        found = found.note(match place.how {
            How::Whole => words::several(what, values),
            _ if place.fields.is_empty() => words::several(what, values),
            _ => words::places(what, values),
        });
    }
    found = found.help(match kind {
        StructKind::Core => "use `core_read!` or `core_field_ptr!`",
        _ => "declare the field in a `#[derive(CoreStruct)]` struct and read it with `core_read!`",
    });
    if kind == StructKind::Core
        && let Some(fix) = by_name(function, number, place)
    {
        found = found.fix(fix);
    }
    found
}

/// `bpf_probe_read_kernel(&(*task).pid)` says the same as `core_read!(task, pid)`.
fn by_name(function: &Function, number: usize, place: &Place) -> Option<Fix> {
    let read = function
        .reads
        .iter()
        .find(|read| read.source.place == Some(number) && !read.fills)?;
    let plain = place
        .fields
        .split('.')
        .all(|field| !field.is_empty() && field.chars().all(|c| c == '_' || c.is_alphanumeric()));
    if place.how != How::Address || !plain {
        return None;
    }
    let text = format!("bpf_core::core_read!({}, {})", place.pointer, place.fields);
    Some(Fix {
        text: format!("read it by name: `{text}`"),
        edits: vec![Edit {
            span: function.span(&read.block),
            text,
        }],
        // Elsewhere the error's type may matter: `ReadError` is no `i64`.
        applicability: if read.replaceable {
            Applicability::MachineApplicable
        } else {
            Applicability::MaybeIncorrect
        },
    })
}
