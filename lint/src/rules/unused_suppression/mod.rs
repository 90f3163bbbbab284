//! `unused-suppression`: a comment that allows what is not there. The sink reports it, because
//! only the sink knows all findings.

use super::{Group, Rule};
use crate::level::Level;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unused-suppression",
    group: Group::Hygiene,
    level: Level::Warn,
    summary: "a `corelint: allow` comment without effect, or without a reason",
    page: include_str!("unused-suppression.md"),
    ..Rule::BARE
};
