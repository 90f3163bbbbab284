//! `sizeof-local-type`: data of the kernel is measured with the size of a type at compile time.

use super::{Finding, Group, Level, Rule};
use crate::front::facts::SizeFor;
use crate::span::Span;

mod c;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "sizeof-local-type",
    group: Group::Portability,
    level: Level::Warn,
    summary: "the local size of a kernel type used for the kernel's data",
    page: include_str!("sizeof-local-type.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};

fn finding(span: &Span, record: &str, what: SizeFor) -> Finding {
    let what = match what {
        SizeFor::Address => "part of an address",
        SizeFor::Stride => "the distance between elements",
        SizeFor::Read => "the size of a read",
        SizeFor::Before => "in front of a member of a struct of its own",
    };
    let message = format!("the size of `{record}` in this program is {what}");
    Finding::new(RULE.name, span.clone(), message).label("the kernel's struct has another size")
}
