//! `core-struct-deref` in Rust crates.

use crate::front::rust::Crate;
use crate::front::rust::facts::{Facts, StructKind};
use crate::front::rust::view::{Function, How, Origin, Place, Read};
use crate::rules::direct_deref;
use crate::rules::finding::{Applicability, Edit, Finding, Fix};
use crate::span::Span;

/// A read at a field of a declaration: the finding about the field rewrites it.
pub(super) fn wants(_: &Facts, _: &Function, read: &Read) -> bool {
    read.source.place.is_some()
}

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for (index, function) in krate.functions.iter().enumerate() {
        for (number, place) in function.places.iter().enumerate() {
            let is_core = krate.facts.kind(&place.owner, place.bound) == StructKind::Core;
            let is_own = matches!(
                krate.origin(index, &place.base),
                Origin::Local | Origin::Map
            );
            // What the verifier refuses has a rule of its own.
            if is_core && !is_own && !direct_deref::rust::tells(krate, index, place) {
                findings.push(finding(krate, function, number, place));
            }
        }
    }
}

fn finding(krate: &Crate, function: &Function, number: usize, place: &Place) -> Finding {
    let (owner, fields) = (&place.owner, &place.fields);
    let message = match place.how {
        How::Whole => format!("the whole of `{owner}` is copied, which is a `CoreStruct`"),
        How::OffsetOf => {
            format!("`offset_of!` gives the place of `{fields}` in the Rust struct `{owner}`")
        }
        _ if fields.is_empty() => format!("`{owner}` is used by its place, and is a `CoreStruct`"),
        _ => format!("`{fields}` of `{owner}` is used by its place in the Rust struct"),
    };
    let mut found = Finding::new(super::RULE.name, function.span(&place.span), message)
        .label("the kernel has something else there");
    if let Some(declared) = krate.facts.structs.get(owner) {
        found = found.also(
            Span::new(&declared.path, declared.name.clone()),
            "declared for access by name: its order and size are not the kernel's",
        );
    }
    if let Some(fix) = by_name(function, number, place) {
        return found.fix(fix);
    }
    let pointer = match place.pointer.as_str() {
        "" => "pointer",
        pointer => pointer,
    };
    found.help(match place.how {
        _ if !is_path(fields) => "read each field by its name with `core_read!`".to_owned(),
        How::OffsetOf => format!("write `core_field_offset!({owner}, {fields})`"),
        How::Address => format!("write `core_field_ptr!({pointer}, {fields})`"),
        How::Store => format!("write `core_write!({pointer}, {fields} = value)`"),
        _ => format!("write `core_read!({pointer}, {fields})`"),
    })
}

fn is_path(fields: &str) -> bool {
    let is_name = |field: &str| {
        !field.is_empty() && field.chars().all(|one| one == '_' || one.is_alphanumeric())
    };
    fields.split('.').all(is_name)
}

/// `bpf_probe_read_kernel(&(*task).pid)` says the same as `core_read!(task, pid)`.
fn by_name(function: &Function, number: usize, place: &Place) -> Option<Fix> {
    let mut reads = function.reads.iter();
    let read = reads.find(|read| read.source.place == Some(number) && !read.fills)?;
    if place.how != How::Address || !is_path(&place.fields) {
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
