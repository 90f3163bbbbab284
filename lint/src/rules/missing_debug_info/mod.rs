//! `missing-debug-info`: a build loses the debug info that CO-RE records are made from.

use super::{Group, Level, Rule};

mod ir;
mod manifest;
mod object;

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-debug-info",
    group: Group::Portability,
    level: Level::Deny,
    summary: "a program without the debug info that relocations are made from",
    page: include_str!("missing-debug-info.md"),
    object: Some(object::check),
    ir: Some(ir::check),
    package: Some(manifest::check_package),
    commands: Some(manifest::check_commands),
    ..Rule::BARE
};

/// The cure in a compiled program.
const BUILD_WITH_DEBUG_INFO: &str =
    "build with debug info: `debug = 2` in the Cargo profile, `-g` for clang";

/// What is wrong with a function among others that have debug info.
fn without(name: &str) -> String {
    format!("`{name}` has no debug info, so its reads have no CO-RE records")
}
