//! `missing-debug-info`: a build loses the debug info that CO-RE records are made from.

use bpf_core_flow::words::MISSING_DEBUG_INFO;

use super::{Group, Level, Rule};

mod ir;
mod manifest;
mod object;

/// The rule.
pub static RULE: Rule = Rule {
    name: MISSING_DEBUG_INFO,
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
