//! `version-check`: distributions change layouts without a new version.

use super::{Group, Level, Rule};

mod c;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "version-check",
    group: Group::Portability,
    level: Level::Warn,
    summary: "a layout chosen by the version of the kernel",
    page: include_str!("version-check.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};
