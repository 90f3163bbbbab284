//! `syscall-regs`: the wrapper gets one argument: the registers.

use super::{Group, Level, Rule};

mod c;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "syscall-regs",
    group: Group::Correctness,
    level: Level::Deny,
    summary: "an argument of a system call's wrapper taken for the system call's own",
    page: include_str!("syscall-regs.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};
