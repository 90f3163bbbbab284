//! `version-check`: a layout is chosen by the version of the kernel.

use super::{Finding, Group, Level, Rule};
use crate::span::Span;

mod c;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "version-check",
    group: Group::Portability,
    level: Level::Warn,
    summary: "a layout chosen by the version of the kernel",
    page: include_str!("version-check.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};

/// The finding about a condition, and the layout that depends on it.
fn finding(condition: &Span, layout: &Span) -> Finding {
    let message = "a layout is chosen by the version of the kernel";
    let found = Finding::new(RULE.name, condition.clone(), message)
        .label("distributions change layouts without a new version");
    if layout == condition {
        return found;
    }
    found.also(layout.clone(), "the layout")
}
