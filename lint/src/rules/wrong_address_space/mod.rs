//! `wrong-address-space`: a helper that reads the wrong address space.

use super::{Group, Level, Rule};

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
    ..Rule::BARE
};
