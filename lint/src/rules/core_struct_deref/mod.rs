//! `core-struct-deref`: a field of a `CoreStruct` is used by its place in the Rust struct.

use super::{Group, Level, Rule};

mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "core-struct-deref",
    group: Group::Correctness,
    level: Level::Deny,
    summary: "a field of a `CoreStruct` used by its place in the Rust struct",
    page: include_str!("core-struct-deref.md"),
    rust: Some(rust::check),
    rust_reads: Some(rust::wants),
    ..Rule::BARE
};
