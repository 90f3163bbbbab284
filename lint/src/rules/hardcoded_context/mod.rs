//! `hardcoded-context`: a context whose layout is written into the program.

use super::{Group, Rule};
use crate::level::Level;

mod c;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "hardcoded-context",
    group: Group::Portability,
    level: Level::Warn,
    summary: "a context read by position instead of by name",
    page: include_str!("hardcoded-context.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};
