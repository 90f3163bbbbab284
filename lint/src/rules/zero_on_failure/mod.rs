//! `zero-on-failure`: a zero that may be a failure, in a decision.

use super::{Group, Level, Rule};

mod c;
mod rust;

pub(super) use rust::decision;

/// The rule.
pub static RULE: Rule = Rule {
    name: "zero-on-failure",
    group: Group::Correctness,
    level: Level::Warn,
    summary: "a failed read becomes zero, and zero decides something",
    page: include_str!("zero-on-failure.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};
