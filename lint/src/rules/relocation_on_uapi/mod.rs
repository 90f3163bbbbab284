//! `relocation-on-uapi`: a relocation where nothing can move, and where the type may be missing.

use super::{Group, Level, Rule};

mod c;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "relocation-on-uapi",
    group: Group::Portability,
    level: Level::Warn,
    summary: "CO-RE for a type of the user-space API, which never changes",
    page: include_str!("relocation-on-uapi.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};
