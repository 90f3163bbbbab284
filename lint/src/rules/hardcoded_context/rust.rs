//! `hardcoded-context` in Rust crates.

use std::collections::HashSet;

use bpf_core_kernel_facts::types::is_uapi;

use super::{is_record, record};
use crate::front::rust::Crate;
use crate::front::rust::facts::StructKind;
use crate::front::rust::view::{Amount, ContextPart, ContextUse, Origin, Program};
use crate::rules::Finding;
use crate::rules::hardcoded_offset::rust::constant;
use crate::span::Span;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for (index, function) in krate.functions.iter().enumerate() {
        for used in &function.contexts {
            findings.extend(context_use(krate, index, used));
            findings.extend(passed(krate, index, used));
        }
        for offset in &function.offsets {
            let Origin::Context(context) = krate.origin(index, &offset.base) else {
                continue;
            };
            if context == "TracePointContext"
                && offset.is_address
                && let Some(at) = constant(&offset.by)
            {
                let found = super::constant(&function.span(&offset.span), "a tracepoint", &at);
                let found = found.help(by_name(krate, index));
                findings.extend(super::on_kernels(found, &function.event));
            }
        }
    }
}

/// The structs that `hardcoded-context` tells about, once for all of their fields.
pub(in crate::rules) fn records(krate: &Crate) -> HashSet<&str> {
    let functions = krate.functions.iter().enumerate();
    let casts = functions.flat_map(|(index, function)| {
        let told = move |used: &&ContextUse| context_use(krate, index, used).is_some();
        function.contexts.iter().filter(told)
    });
    let names = casts.filter_map(|used| match &used.what {
        ContextPart::Cast(name) => Some(name.as_str()),
        _ => None,
    });
    names.collect()
}

/// The calls of a function that reads a context at the offset that it gets.
fn passed<'k>(
    krate: &'k Crate,
    index: usize,
    used: &'k ContextUse,
) -> impl Iterator<Item = Finding> + 'k {
    let param = match (&used.what, used.context.as_str()) {
        (ContextPart::At(Amount::Param(param)), "TracePointContext") => Some(*param),
        _ => None,
    };
    param.into_iter().flat_map(move |param| {
        let read = krate.functions[index].span(&used.span);
        krate.callers_of(index).filter_map(move |(caller, call)| {
            let at = constant(call.args.get(param)?.amount.as_ref()?)?;
            let span = krate.functions[caller].span(call.spans.get(param)?);
            let found = super::constant(&span, "a tracepoint", &at)
                .also(read.clone(), format!("`{}` reads there", call.callee));
            super::on_kernels(
                found.help(by_name(krate, caller)),
                &krate.functions[caller].event,
            )
        })
    })
}

/// The cure for a program on a tracepoint.
fn by_name(krate: &Crate, function: usize) -> String {
    let program = krate.programs(function).next();
    let record = record(
        program.map(Program::facts),
        &krate.functions[function].event,
    );
    format!(
        "declare {record} with `#[derive(CoreStruct)]`, cast `ctx.as_ptr()` to it, and read the \
         field with `core_read!`"
    )
}

fn context_use(krate: &Crate, index: usize, used: &ContextUse) -> Option<Finding> {
    let span = krate.functions[index].span(&used.span);
    match &used.what {
        ContextPart::At(at) if used.context == "TracePointContext" => {
            let found = super::constant(&span, "a tracepoint", &constant(at)?);
            super::on_kernels(
                found.help(by_name(krate, index)),
                &krate.functions[index].event,
            )
        }
        ContextPart::Cast(name) => {
            let declared = krate.facts.structs.get(name)?;
            if declared.kind == StructKind::Core || is_uapi(name) {
                return None;
            }
            let what = match used.context.as_str() {
                "TracePointContext" => "a tracepoint",
                "ProbeContext" | "RetProbeContext" => "a probe",
                _ => return None,
            };
            let declaration = Span::new(&declared.path, declared.name.clone());
            let found = super::taken_for(&span, what, name, Some(&declaration));
            if what == "a probe" {
                return Some(found.help("take the arguments with `ctx.arg(n)`"));
            }
            let event = &krate.functions[index].event;
            let cure = match is_record(name, event) {
                true => "put `#[derive(CoreStruct)]` on the struct, and read the field with `core_read!`".to_owned(),
                false => by_name(krate, index),
            };
            super::on_kernels(found.help(cure), event)
        }
        _ => None,
    }
}
