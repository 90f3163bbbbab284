//! `silent-zero`: a failed read becomes zero, and goes into an event where nobody can tell.

use super::{Finding, Group, Level, Rule};
use crate::span::Span;

mod c;
mod object;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "silent-zero",
    group: Group::Pedantic,
    level: Level::Allow,
    summary: "a failed read becomes zero, and nobody can tell",
    page: include_str!("silent-zero.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    object: Some(object::check),
    ..Rule::BARE
};

/// The finding about a failed read by `by` whose value is zero.
fn finding(span: &Span, by: &str) -> Finding {
    let message = format!("a failed `{by}` becomes zero, and nobody can tell");
    Finding::new(RULE.name, span.clone(), message)
        .help("send the error, or whether there was one, along with the value")
}
