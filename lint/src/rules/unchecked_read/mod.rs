//! `unchecked-read`: a buffer that may hold nothing that was read.

use super::{Group, Level, Rule};

mod c;
mod object;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unchecked-read",
    group: Group::Correctness,
    level: Level::Warn,
    summary: "the result of a read is ignored, and its buffer used",
    page: include_str!("unchecked-read.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    object: Some(object::check),
    ..Rule::BARE
};
