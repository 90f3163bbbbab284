//! `hardcoded-offset`: a constant number of bytes is added to a kernel pointer.

use bpf_core_kernel_facts::types::is_uapi;

use super::words::places;
use super::{Finding, Group, Level, Rule};
use crate::known::LeadsTo;
use crate::span::Span;

pub(super) mod c;
mod ir;
mod object;
pub(super) mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "hardcoded-offset",
    group: Group::Portability,
    level: Level::Deny,
    summary: "a field of a kernel struct found by a constant offset",
    page: include_str!("hardcoded-offset.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    object: Some(object::check),
    ir: Some(ir::check),
    ..Rule::BARE
};

/// The cure in a compiled program, whose language is not known.
pub(super) const READ_BY_NAME: &str = "read the field by name: `core_read!` in Rust, `BPF_CORE_READ` in C, which leave a CO-RE record";

/// The finding about a constant, as the program has it, that is added to a pointer.
fn finding(span: &Span, constant: &str, pointer: &str) -> Finding {
    let message = format!("constant offset {constant} from {pointer}");
    Finding::new(RULE.name, span.clone(), message).label("right for one kernel only")
}

/// Whether an offset is the same on every supported kernel: in a struct of the user-space API, or at a field that
/// moved nowhere.
fn is_fixed(record: Option<&str>, target: Option<&LeadsTo>) -> bool {
    record.is_some_and(is_uapi) || target.is_some_and(LeadsTo::is_fixed)
}

/// What the supported kernels have at an offset, in words.
fn there(target: &LeadsTo) -> String {
    let (byte, record) = (target.byte, &target.record);
    let Some(field) = &target.field else {
        return format!("no supported kernel has a field of `{record}` at {byte}");
    };
    let what = format!("`{field}` of `{record}`");
    match target.places.first() {
        Some(first) if first.value == byte => places(&what, &target.places),
        _ => {
            let elsewhere = places("it", &target.places);
            format!("no supported kernel has {what} at {byte}: {elsewhere}")
        }
    }
}
