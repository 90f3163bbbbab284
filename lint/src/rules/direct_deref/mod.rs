//! `direct-deref`: a program dereferences a kernel pointer where the verifier does not allow it.

use super::{Finding, Group, Level, Rule};
use crate::span::Span;

mod c;
mod object;
pub(super) mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "direct-deref",
    group: Group::Correctness,
    level: Level::Deny,
    summary: "a kernel pointer dereferenced where the verifier does not allow it",
    page: include_str!("direct-deref.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    object: Some(object::check),
    ..Rule::BARE
};

/// The finding at an access. `what` is the member or the pointer in question.
fn finding(span: &Span, what: &str) -> Finding {
    let message = format!("{what}, and the verifier takes the pointer for a number");
    Finding::new(RULE.name, span.clone(), message).label("the program does not load")
}

/// The access in words, by the struct and the members, where they are known.
fn access(record: &str, path: &str) -> String {
    match (record, path) {
        ("", _) => "a kernel pointer is dereferenced".to_owned(),
        (record, "") => format!("a pointer to `{record}` is dereferenced"),
        (record, path) => format!("`{path}` of `{record}` is read through a kernel pointer"),
    }
}
