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

/// What is so near to each other is one choice: the cases of a `switch`, the sides of an `||`, the rows of a table.
const NEAR: u32 = 120;

/// The findings about enumerators: those of one enum that stand near to each other are one mistake.
#[derive(Default)]
struct Choices(Vec<Choice>);

struct Choice {
    first: Finding,
    of: String,
    /// Where the last enumerator ends.
    end: u32,
    /// How many there are besides the first.
    more: usize,
}

impl Choices {
    fn add(&mut self, finding: Finding, of: &str) {
        let span = finding.primary.span.clone();
        let is_near = |one: &&mut Choice| {
            let first = &one.first.primary.span;
            one.of == of
                && first.source == span.source
                && first.start <= span.start
                && span.start.saturating_sub(one.end) <= NEAR
        };
        match self.0.iter_mut().rev().find(is_near) {
            Some(one) if one.first.primary.span == span => {}
            Some(one) => {
                one.first.and_here(&span);
                one.end = one.end.max(span.end);
                one.more += 1;
            }
            None => self.0.push(Choice {
                first: finding,
                of: of.to_owned(),
                end: span.end,
                more: 0,
            }),
        }
    }

    fn into_findings(self) -> impl Iterator<Item = Finding> {
        self.0.into_iter().map(|one| match one.more {
            0 => one.first,
            more => one
                .first
                .note(format!("so are {more} more of `enum {}` behind it", one.of)),
        })
    }
}

fn finding(span: &Span, name: &str) -> Finding {
    let message = format!("`{name}` is compiled in as a number");
    Finding::new(RULE.name, span.clone(), message)
        .label("enumerators of the kernel shift when one is added or removed")
}

/// Why an enumerator has no cure by CO-RE.
const UNNAMED: &str = "its enum has no name in the kernel, and CO-RE finds an enum by its name";
