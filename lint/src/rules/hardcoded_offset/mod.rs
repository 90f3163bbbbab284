//! `hardcoded-offset`: a constant number of bytes added to a kernel pointer.

use super::{Group, Level, Rule};

mod c;
mod ir;
mod object;
mod rust;

pub(super) use rust::is_relevant;

/// The rule.
pub static RULE: Rule = Rule {
    name: "hardcoded-offset",
    group: Group::Portability,
    level: Level::Deny,
    summary: "a field of a kernel struct found by a constant offset",
    page: include_str!("hardcoded-offset.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    object: Some(object::check),
    ir: Some(ir::check),
    ..Rule::BARE
};
