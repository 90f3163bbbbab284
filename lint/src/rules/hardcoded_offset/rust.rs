//! `hardcoded-offset` in Rust crates.

use crate::front::rust::Crate;
use crate::front::rust::view::{Amount, Function, Offset, Origin};
use crate::rules::Finding;
use crate::rules::words::{self, COMES_FROM};

const BY_NAME: &str = "declare the field in a `#[derive(CoreStruct)]` struct and read it with \
    `core_read!`, which looks it up in the running kernel";

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for (index, function) in krate.functions.iter().enumerate() {
        for offset in &function.offsets {
            if krate.is_in_kernel_struct(index, offset)
                && let Some(amount) = krate.amount(index, &offset.by)
                && let Some(text) = constant(&amount)
            {
                findings.push(finding(function, offset, &text));
            }
        }
        passed(krate, index, function, findings);
    }
}

/// The offset as the code has it. `None` if it is not written into the code, or another rule's.
pub(in crate::rules) fn constant(amount: &Amount) -> Option<String> {
    match amount {
        Amount::Number(number) => Some(number.to_string()),
        Amount::Named(name, _) if name.is_empty() => Some("a choice of constants".to_owned()),
        Amount::Named(name, Some(value)) => Some(format!("`{name}` ({value})")),
        Amount::Named(name, None) => Some(format!("`{name}`")),
        _ => None,
    }
}

fn finding(function: &Function, offset: &Offset, text: &str) -> Finding {
    let record = offset.base.ty.points_to().or(offset.base.born.points_to());
    let pointer = words::pointer(record);
    let mut found = super::finding(&function.span(&offset.span), text, &pointer);
    if let Some(source) = &offset.base.source
        && *source != offset.span
        && !(offset.span.start <= source.start && source.end <= offset.span.end)
    {
        found = found.also(function.span(source), COMES_FROM);
    }
    if let Some(target) = &offset.leads_to {
        found = found.note(super::there(target));
    }
    found.help(BY_NAME)
}

/// A helper that adds what it gets: the finding is where the constant and the pointer meet.
fn passed(krate: &Crate, caller: usize, function: &Function, findings: &mut Vec<Finding>) {
    for call in &function.calls {
        let Some(callee) = krate.callee(caller, &call.callee) else {
            continue;
        };
        for offset in &krate.functions[callee].offsets {
            let Amount::Param(by) = offset.by else {
                continue;
            };
            let given = match offset.base.origin {
                Origin::Param(base) => call.args.get(base),
                _ => continue,
            };
            let (Some(given), Some(amount)) = (given, call.args.get(by)) else {
                continue;
            };
            let origin = krate.origin(caller, given);
            let kernel = origin.is_kernel() || matches!(origin, Origin::Argument(_));
            if !kernel || !offset.is_address || offset.is_user {
                continue;
            }
            let text = amount.amount.as_ref().and_then(constant);
            if let (Some(text), Some(span)) = (text, call.spans.get(by)) {
                let added = krate.functions[callee].span(&offset.span);
                let pointer = words::pointer(given.ty.points_to().or(given.born.points_to()));
                let found = super::finding(&function.span(span), &text, &pointer)
                    .also(added, format!("`{}` adds it to the pointer", call.callee))
                    .help(BY_NAME);
                findings.push(found);
            }
        }
    }
}
