//! `relocation-on-uapi` in Rust crates.

use crate::front::rust::Crate;
use crate::front::rust::facts::StructKind;
use crate::rules::Finding;
use crate::span::Span;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for declared in krate.facts.structs.values() {
        let name = &declared.kernel_name;
        if declared.kind == StructKind::Core && super::is_fixed(name) {
            let span = Span::new(&declared.path, declared.name.clone());
            let found = super::fixed(&span, "CoreStruct", name);
            findings.push(found.help(
                "declare it as in C, `#[repr(C)]` with `#[derive(Clone, Copy, Plain)]` instead of `CoreStruct`, and \
                 with all fields in front of those that are read",
            ));
        }
    }
}
