//! Rust.

use bpf_core_kernel_facts::types::is_uapi;

use super::{RULE, is_record, record};
use crate::front::rust::Crate;
use crate::front::rust::facts::StructKind;
use crate::front::rust::view::{Amount, ContextPart, ContextUse, Origin, Program};
use crate::rules::Finding;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for (index, function) in krate.functions.iter().enumerate() {
        for used in &function.contexts {
            findings.extend(context_use(krate, index, used));
        }
        for offset in &function.offsets {
            let Origin::Context(context) = krate.origin(index, &offset.base) else {
                continue;
            };
            let constant = matches!(offset.by, Amount::Number(_) | Amount::Named(..));
            if context == "TracePointContext" && constant && offset.is_address {
                let found = Finding::new(
                    RULE.name,
                    function.span(&offset.span),
                    "constant offset from the context of a tracepoint",
                );
                findings.push(found.help(by_name(krate, index)));
            }
        }
    }
}

/// The cure for a program on a tracepoint.
fn by_name(krate: &Crate, function: usize) -> String {
    let program = krate.programs(function).next();
    let record = record(program.map(Program::facts));
    format!(
        "declare {record} with `#[derive(CoreStruct)]`, cast `ctx.as_ptr()` to it, and read the \
         field with `core_read!`"
    )
}

fn context_use(krate: &Crate, index: usize, used: &ContextUse) -> Option<Finding> {
    let span = krate.functions[index].span(&used.span);
    match &used.what {
        ContextPart::At(at) if used.context == "TracePointContext" => {
            let at = match at {
                Amount::Number(number) => number.to_string(),
                Amount::Named(name, _) if !name.is_empty() => format!("`{name}`"),
                _ => return None,
            };
            let message = format!("field of a tracepoint read at the constant offset {at}");
            let found = Finding::new(RULE.name, span, message)
                .label("the event's format differs between kernels");
            Some(found.help(by_name(krate, index)))
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
            let message = format!("context of {what} taken for the hand-declared `{name}`");
            let declaration = crate::span::Span::new(&declared.path, declared.name.clone());
            let found = Finding::new(RULE.name, span, message)
                .also(declaration, "its layout is written down here");
            Some(match what {
                "a probe" => found.help("take the arguments with `ctx.arg(n)`"),
                _ if is_record(name) => found.help(
                    "put `#[derive(CoreStruct)]` on the struct, and read the field with `core_read!`",
                ),
                _ => found.help(by_name(krate, index)),
            })
        }
        _ => None,
    }
}
