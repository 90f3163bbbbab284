//! `unguarded-hook`: a supported kernel lacks what a program is attached to, and the loader does not ask first.

use super::{Group, Level, Rule};

mod c;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unguarded-hook",
    group: Group::Portability,
    level: Level::Warn,
    summary: "a hook that a supported kernel lacks, in a project whose loader does not ask for it",
    page: include_str!("unguarded-hook.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};
