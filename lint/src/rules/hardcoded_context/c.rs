//! `hardcoded-context` in C files.

use std::collections::HashMap;

use bpf_core_kernel_facts::Context;
use bpf_core_kernel_facts::types::is_uapi;

use super::{is_record, record};
use crate::front::c::view::{Function, Origin, Record, View};
use crate::rules::Finding;
use crate::span::Span;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    // One struct is one mistake, however many programs take it.
    let mut structs: HashMap<&Span, usize> = HashMap::new();
    for function in &view.functions {
        let Some((declared, found)) = taken_for(function) else {
            continue;
        };
        match structs.get(declared) {
            Some(&known) => findings[known].and_here(&found.primary.span),
            None => {
                structs.insert(declared, findings.len());
                findings.push(found);
            }
        }
    }
    for access in &view.accesses {
        let function = view.function(access);
        let is_record = function.context() == Some(Context::Record);
        if let Some(added) = access.added()
            && access.pointer.origin == Origin::Context
            && is_record
        {
            let section = function.section.as_deref().unwrap_or_default();
            let at = added.bytes.to_string();
            let found = super::constant(&added.span, &format!("`{section}`"), &at);
            let found = found.help(by_name(function));
            findings.extend(super::on_kernels(found, &function.event));
        }
    }
}

/// The finding about a program whose first parameter points to a struct that is declared by hand, and where.
fn taken_for(function: &Function) -> Option<(&Span, Finding)> {
    let laid_out = matches!(function.context()?, Context::Record | Context::Registers);
    let by_macro = function
        .made_by
        .as_ref()
        .is_some_and(|name| name.starts_with("BPF_"));
    let param = function.params.first()?;
    let record = param.record.as_ref().filter(|record| is_by_hand(record))?;
    if !laid_out || by_macro {
        return None;
    }
    let section = function.section.as_deref()?;
    let name = &record.name;
    let declared = record.declared.as_ref()?;
    let of = format!("`{section}`");
    let found = super::taken_for(&param.span, &of, name, Some(declared));
    let found = if function.context() == Some(Context::Registers) {
        found.help("use `BPF_KPROBE`, or `struct pt_regs` with `PT_REGS_PARM1`")
    } else {
        let cure = match function.takes_known && is_record(name, &function.event) {
            true => "add `__attribute__((preserve_access_index))` to the struct, so that its fields are relocated".to_owned(),
            false => by_name(function),
        };
        super::on_kernels(found.help(cure), &function.event)?
    };
    Some((declared, found))
}

/// Whether a struct has a layout that is written down in the project. A type that `vmlinux.h` lacks
/// has none.
fn is_by_hand(record: &Record) -> bool {
    record.declared.is_some() && !record.relocated && !is_uapi(&record.name)
}

/// The cure for a program on a tracepoint.
fn by_name(function: &Function) -> String {
    format!(
        "take {} of `vmlinux.h`, whose fields are relocated",
        record(function.program(), &function.event)
    )
}
