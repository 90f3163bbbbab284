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

/// The finding about a read by `by` whose result is ignored. `buffer` is what it fills, in words.
fn ignored(span: &Span, by: &str, buffer: &str) -> Finding {
    let message = format!("the result of `{by}` is ignored, and {buffer} may be zero");
    Finding::new(RULE.name, span.clone(), message)
        .help("look at the result, and mark the event where the read failed")
}
