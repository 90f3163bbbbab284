//! `zero-on-failure`: a failed read becomes zero, and the program decides by it.

use super::{Finding, Group, Level, Rule};
use crate::front::facts::Deciding;
use crate::span::Span;

pub(super) mod c;
pub(super) mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "zero-on-failure",
    group: Group::Correctness,
    level: Level::Warn,
    summary: "a failed read becomes zero, and zero decides something",
    page: include_str!("zero-on-failure.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};

/// The finding about a failed read by `by` whose value decides something at another place.
fn finding(span: &Span, by: &str, decides: (&Span, Deciding)) -> Finding {
    let (place, what) = (decides.0, words(decides.1));
    let message = format!("a failed `{by}` becomes zero, and the value is {what}");
    Finding::new(RULE.name, span.clone(), message)
        .label("a failure looks like a zero in the kernel")
        .also(place.clone(), format!("{what} here"))
}

/// How a value decides, in words.
pub(super) fn words(what: Deciding) -> &'static str {
    match what {
        Deciding::Condition => "a condition",
        Deciding::Comparison => "compared",
        Deciding::Match => "matched",
        Deciding::NullCheck => "checked for null",
        Deciding::LoopBound => "the bound of a loop",
        Deciding::MapKey => "the key of a map",
    }
}
