//! `one-architecture` in C files.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use bpf_core_kernel_facts::Context;
use bpf_core_kernel_facts::context::architecture_of_register;

use crate::front::c::view::{Access, How, View};
use crate::known::{Guard, Question};
use crate::rules::Finding;
use crate::span::Span;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    let loads = view.accesses.iter();
    let loads = loads.filter(|access| access.how == How::Load);
    let plain = loads.filter_map(|access| Some((access, register(access)?, &access.span)));
    // `BPF_CORE_READ(ctx, di)`
    let reads = view.reads.iter().filter_map(|read| {
        let hop = read.hops.first()?;
        let is_registers = hop.record.as_ref()?.essential() == "pt_regs";
        is_registers.then_some((view.source(read), hop.path.as_str(), &read.span))
    });
    // One cure is for all registers of a function.
    let mut told: BTreeMap<(usize, &str), Finding> = BTreeMap::new();
    for (access, name, span) in plain.chain(reads) {
        // A process may have another convention of calls, as Go has.
        let function = view.function(access);
        let is_user = function.context() == Some(Context::UserRegisters);
        let is_meant = is_user || function.is_for_one_architecture;
        let Some(architecture) = architecture_of_register(name) else {
            continue;
        };
        let is_asked = access.guards.iter().any(asks_for_registers);
        if is_meant || is_asked || is_of_macro(access) || is_chosen(view, span) {
            continue;
        }
        match told.entry((access.function, architecture)) {
            Entry::Occupied(mut found) => found.get_mut().and_here(span),
            Entry::Vacant(place) => {
                let found = super::register(span, name, architecture);
                place.insert(found.help(
                    "take an argument with `PT_REGS_PARM1(ctx)` and its kin, or with `BPF_KPROBE`",
                ));
            }
        }
    }
    findings.extend(told.into_values());
}

/// The register that a plain access loads.
fn register(access: &Access) -> Option<&str> {
    let record = access.record.as_ref()?;
    (record.essential() == "pt_regs").then_some(access.path.as_str())
}

/// Whether the loader has said which registers there are: `bpf_core_field_exists(ctx->di)`.
fn asks_for_registers(guard: &Guard) -> bool {
    match &*guard.question {
        Question::Field(record, ..) => bpf_core_btf::essential_name(record).ends_with("pt_regs"),
        Question::Either(one, other) => one.iter().chain(other).any(asks_for_registers),
        _ => false,
    }
}

/// Whether a macro chooses the register, as `PT_REGS_PARM1` does.
fn is_of_macro(access: &Access) -> bool {
    let from = access.from.as_deref();
    from.is_some_and(|name| !name.to_ascii_lowercase().starts_with("bpf_core_read"))
}

/// Whether the text is there for one architecture alone.
fn is_chosen(view: &View, span: &Span) -> bool {
    view.for_one_architecture
        .iter()
        .any(|part| part.contains(span))
}
