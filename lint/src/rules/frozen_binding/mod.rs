//! `frozen-binding`: a field found by a layout that the compiler knows, not the kernel.

use super::{Group, Level, Rule};

mod c;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "frozen-binding",
    group: Group::Portability,
    level: Level::Warn,
    summary: "a kernel struct used with the layout that it had when the program was built",
    page: include_str!("frozen-binding.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};
