//! `hardcoded-enum-value`: an enumerator of the kernel is compiled in as a number.

use super::{Finding, Group, Level, Rule};
use crate::span::Span;

mod c;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "hardcoded-enum-value",
    group: Group::Portability,
    level: Level::Warn,
    summary: "an enumerator of the kernel's own, compiled in as a number",
    page: include_str!("hardcoded-enum-value.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};

fn finding(span: &Span, name: &str) -> Finding {
    let message = format!("`{name}` is compiled in as a number");
    Finding::new(RULE.name, span.clone(), message)
        .label("enumerators of the kernel shift when one is added or removed")
}

/// Why an enumerator has no cure by CO-RE.
const UNNAMED: &str = "its enum has no name in the kernel, and CO-RE finds an enum by its name";
