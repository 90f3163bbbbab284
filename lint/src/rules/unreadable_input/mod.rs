//! `unreadable-input`: a file that no front end could understand. Front ends report it themselves.

use super::{Group, Rule};
use crate::level::Level;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unreadable-input",
    group: Group::Hygiene,
    level: Level::Warn,
    summary: "a file that could not be read or parsed, and so was not checked",
    page: include_str!("unreadable-input.md"),
    ..Rule::BARE
};
