//! `wrong-address-space`: a helper for one address space reads from a pointer into the other.

use super::{Finding, Group, Level, Rule};
use crate::span::Span;

mod c;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-address-space",
    group: Group::Correctness,
    level: Level::Deny,
    summary: "a user pointer read as a kernel pointer, or the reverse",
    page: include_str!("wrong-address-space.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    rust_reads: Some(rust::wants),
    ..Rule::BARE
};

/// The finding about a read by `by` of the memory that the pointer does not point to.
fn finding(span: &Span, by: &str, is_user: bool) -> Finding {
    let (reads, is) = if is_user {
        ("kernel", "user")
    } else {
        ("user", "kernel")
    };
    let message = format!("`{by}` reads {reads} memory, and the pointer is a {is} pointer");
    Finding::new(RULE.name, span.clone(), message).label("fails, or reads something else")
}
