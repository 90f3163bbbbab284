//! `fail-open`: a hook that can forbid something allows what it could not read.

use super::{Finding, Group, Level, Rule};
use crate::span::Span;

mod c;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "fail-open",
    group: Group::Correctness,
    level: Level::Deny,
    summary: "a hook allows what it could not read",
    page: include_str!("fail-open.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};

/// The finding about a read by `by`, whose failure makes the hook `section` return 0 at `asked`.
fn finding(span: &Span, by: &str, section: &str, asked: &Span) -> Finding {
    let message = format!("`{section}` allows what this `{by}` could not read");
    Finding::new(RULE.name, span.clone(), message)
        .label("may fail")
        .also(asked.clone(), "and then the hook returns 0 here")
        .help("return the error, or a number below zero, where the read fails")
}
