//! `unchecked-read`: a buffer is used although the read that fills it may have failed.

use super::{Finding, Group, Level, Rule};
use crate::span::Span;

pub(super) mod c;
pub(super) mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unchecked-read",
    group: Group::Correctness,
    level: Level::Warn,
    summary: "the result of a read is ignored, and its buffer used",
    page: include_str!("unchecked-read.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    rust_reads: Some(rust::wants),
    ..Rule::BARE
};

/// The finding about a read by `by` whose result is ignored. `buffer` is what it fills, in words.
fn finding(span: &Span, by: &str, buffer: &str) -> Finding {
    let message = format!("the result of {by} is ignored, and {buffer} is used");
    Finding::new(RULE.name, span.clone(), message).label("may fail, and then nothing was read")
}
