//! `relocation-on-uapi` in Rust crates.

use std::collections::HashSet;

use syn::{FieldsNamed, Type};

use crate::front::rust::Crate;
use crate::front::rust::facts::{Struct, StructKind};
use crate::rules::Finding;
use crate::span::Span;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    let structs = &krate.facts.structs;
    let core = structs.values().filter(|one| one.kind == StructKind::Core);
    let fields: Vec<Type> = core.flat_map(types).collect();
    // A relocation of such a field is one of the struct around it.
    let embedded: HashSet<String> = fields.iter().filter_map(record).collect();
    for (rust_name, declared) in structs {
        let name = &declared.kernel_name;
        let is_relocated = !embedded.contains(rust_name) && !types(declared).is_empty();
        if declared.kind == StructKind::Core && super::is_fixed(name) && is_relocated {
            let span = Span::new(&declared.path, declared.name.clone());
            let found = super::fixed(&span, "CoreStruct", name);
            findings.push(found.help(
                "declare it as in C, `#[repr(C)]` with `#[derive(Clone, Copy, Plain)]` instead of `CoreStruct`, and \
                 with all fields in front of those that are read",
            ));
        }
    }
}

/// The types of a struct's fields.
fn types(declared: &Struct) -> Vec<Type> {
    let fields = syn::parse_str::<FieldsNamed>(&declared.body);
    let fields = fields.into_iter().flat_map(|fields| fields.named);
    fields.map(|field| field.ty).collect()
}

/// The struct that a field is, or an array of it.
fn record(ty: &Type) -> Option<String> {
    match ty {
        Type::Array(array) => record(&array.elem),
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}
