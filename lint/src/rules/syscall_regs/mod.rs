//! `syscall-regs`: an argument of a system call's wrapper is taken for one of the system call.

use super::{Finding, Group, Level, Rule};
use crate::span::Span;

mod c;
mod rust;

pub(super) use c::is_inner;

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

/// The finding about something that is taken for an argument of the system call.
fn finding(span: &Span, what: &str, wrapper: &str) -> Finding {
    let message =
        format!("`{what}` is no argument of `{wrapper}`, whose only one is the caller's registers");
    Finding::new(RULE.name, span.clone(), message)
}
