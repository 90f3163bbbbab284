//! Rust.

use super::RULE;
use crate::finding::Finding;
use crate::front::rust::Crate;
use crate::front::rust::facts::StructKind;
use crate::front::rust::view::{Amount, ContextPart, ContextUse, Function, Origin};
use crate::kernel::types::is_uapi;

const HELP: &str = "declare the `trace_event_raw_*` struct of the event with \
    `#[derive(CoreStruct)]`, cast `ctx.as_ptr()` to it, and read the field with `core_read!`";

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for (index, function) in krate.functions.iter().enumerate() {
        for used in &function.contexts {
            findings.extend(context_use(krate, function, used));
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
                findings.push(found.help(HELP));
            }
        }
    }
}

fn context_use(krate: &Crate, function: &Function, used: &ContextUse) -> Option<Finding> {
    let span = function.span(&used.span);
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
            Some(found.help(HELP))
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
                .also(declaration, "its layout is written down here")
                .help(match what {
                    "a probe" => "take the arguments with `ctx.arg(n)`",
                    _ => HELP,
                });
            Some(found)
        }
        _ => None,
    }
}
