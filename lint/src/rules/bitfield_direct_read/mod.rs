//! `bitfield-direct-read`: a bit-field of a kernel struct is read by the layout at compile time.

use super::{Finding, Group, Level, Rule};
use crate::span::Span;

mod c;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "bitfield-direct-read",
    group: Group::Portability,
    level: Level::Deny,
    summary: "a bit-field read at the bit that it had when the program was built",
    page: include_str!("bitfield-direct-read.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};

fn finding(span: &Span, field: &str, record: &str) -> Finding {
    let message = format!("bit-field `{field}` of `{record}` is read at a frozen bit");
    Finding::new(RULE.name, span.clone(), message)
        .label("bits move between kernels, and become whole fields")
}
