//! `relocation-on-uapi`: a relocation of a type whose layout never changes, and which may be
//! missing.

use bpf_core_kernel_facts::context::is_registers;
use bpf_core_kernel_facts::types::is_uapi;

use super::{Finding, Group, Level, Rule};
use crate::span::Span;

mod c;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "relocation-on-uapi",
    group: Group::Portability,
    level: Level::Warn,
    summary: "CO-RE for a type of the user-space API, which never changes",
    page: include_str!("relocation-on-uapi.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};

/// The finding about a relocation of a type that is the same on every kernel. `by` makes it.
fn fixed(span: &Span, by: &str, record: &str) -> Finding {
    let message = format!("`{by}` relocates `{record}`, whose layout never changes");
    finding(span, message)
}

fn finding(span: &Span, message: String) -> Finding {
    Finding::new(RULE.name, span.clone(), message)
        .label("fails on a kernel whose BTF lacks the type")
}

/// Whether the type is of the user-space API. Registers are the architecture's, and are read by
/// name for portability between those.
fn is_fixed(record: &str) -> bool {
    is_uapi(record) && !is_registers(record)
}
