//! `hardcoded-offset` in Rust crates.

use crate::front::rust::Crate;
use crate::front::rust::view::{Amount, Function, Offset};
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
                && !super::is_fixed(krate.record_of(index, offset), offset.leads_to.as_ref())
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
    for passed in krate.passed_offsets(caller) {
        let Some(text) = constant(passed.by) else {
            continue;
        };
        let pointer = passed.pointer;
        let pointer = words::pointer(pointer.ty.points_to().or(pointer.born.points_to()));
        let callee = &passed.call.callee;
        let found = super::finding(&function.span(passed.span), &text, &pointer)
            .also(passed.added, format!("`{callee}` adds it to the pointer"))
            .help(BY_NAME);
        findings.push(found);
    }
}
