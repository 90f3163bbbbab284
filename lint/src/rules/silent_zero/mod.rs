//! `silent-zero`: as `zero-on-failure`, where the zero only goes into an event.

use super::{Group, Level, Rule};

mod c;
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
    ..Rule::BARE
};
