//! Rust.

use bpf_core_kernel_facts::types::is_uapi;

use super::RULE;
use crate::front::rust::Crate;
use crate::front::rust::facts::StructKind;
use crate::rules::Finding;
use crate::span::Span;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for declared in krate.facts.structs.values() {
        let name = &declared.kernel_name;
        // Registers are the architecture's, and read by name for portability between those.
        if declared.kind != StructKind::Core || !is_uapi(name) || name.ends_with("pt_regs") {
            continue;
        }
        let span = Span::new(&declared.path, declared.name.clone());
        let message =
            format!("`{name}` is user-space API, and its layout is the same on every kernel");
        let found = Finding::new(RULE.name, span, message)
            .label("needs no relocation")
            .note("a kernel whose BTF lacks the type makes the relocation fail")
            .help("declare it `#[repr(C)]` without `CoreStruct`");
        findings.push(found);
    }
}
