//! `direct-deref`: a kernel pointer dereferenced in a program type that may not.

use super::{Group, Level, Rule};

mod c;
mod object;
mod rust;

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
