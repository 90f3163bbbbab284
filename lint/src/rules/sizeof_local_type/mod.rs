//! `sizeof-local-type`: the size that a kernel type had when the program was built.

use super::{Group, Level, Rule};

mod c;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "sizeof-local-type",
    group: Group::Portability,
    level: Level::Warn,
    summary: "the local size of a kernel type used for the kernel's data",
    page: include_str!("sizeof-local-type.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};
