//! `unguarded-field`: a source reads a field that a supported kernel lacks, and does not ask first.

use super::{Finding, Group, Level, Rule};
use crate::span::Span;

mod c;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unguarded-field",
    group: Group::Portability,
    level: Level::Warn,
    summary: "a field that a supported kernel lacks, read without a guard",
    page: include_str!("unguarded-field.md"),
    c: Some(c::check),
    ..Rule::BARE
};

/// The finding about `path` of `record`, which `kernels` lack.
fn finding(span: &Span, record: &str, path: &str, kernels: &str) -> Finding {
    let message =
        format!("`{path}` of `{record}` is not on {kernels}, and nothing asks for it first");
    Finding::new(RULE.name, span.clone(), message).label("the verifier refuses the program there")
}
