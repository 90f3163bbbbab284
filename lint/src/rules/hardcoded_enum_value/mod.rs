//! `hardcoded-enum-value`: an enumerator whose value the next kernel may change.

use super::{Group, Level, Rule};

mod c;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "hardcoded-enum-value",
    group: Group::Portability,
    level: Level::Warn,
    summary: "an enumerator of the kernel's own, compiled in as a number",
    page: include_str!("hardcoded-enum-value.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};
