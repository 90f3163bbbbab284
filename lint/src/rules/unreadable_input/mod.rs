//! `unreadable-input`: a file cannot be understood, and so is not checked.

use super::{Finding, Group, Level, Rule};
use crate::front::Problem;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unreadable-input",
    group: Group::Hygiene,
    level: Level::Warn,
    summary: "a file that could not be read or parsed, and so was not checked",
    page: include_str!("unreadable-input.md"),
    ..Rule::BARE
};

/// The finding about a file that a front end could not understand.
#[must_use]
pub fn finding(problem: &Problem) -> Finding {
    let message = format!("cannot be checked: {}", problem.why);
    Finding::new(RULE.name, problem.span.clone(), message)
}
