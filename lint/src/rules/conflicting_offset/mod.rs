//! `conflicting-offset`: two places disagree about the offset of a field, so at least one is wrong.

use std::collections::BTreeMap;

use super::hardcoded_offset::READ_BY_NAME;
use super::{Finding, Group, Level, Rule};
use crate::span::Span;

mod c;
mod ir;
mod object;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "conflicting-offset",
    group: Group::Portability,
    level: Level::Deny,
    summary: "two different constant offsets for one field",
    page: include_str!("conflicting-offset.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    object: Some(object::check),
    ir: Some(ir::check),
    ..Rule::BARE
};

/// The constants of a program that stand for fields, by the type of the base and the field.
#[derive(Default)]
struct Fields {
    uses: BTreeMap<(String, String), Vec<(Span, i64)>>,
}

impl Fields {
    /// Adds a use of the constant `bytes`. The field is known by the name of the constant:
    /// `TASK_PID_OFFSET` and `OFF_TASK_PID` are one. Without that, it is known by the variable that
    /// takes what is read, where the type of the base is known: a `pid` may be read from anything.
    fn add(
        &mut self,
        base: Option<String>,
        constant: Option<&str>,
        target: Option<&str>,
        bytes: i64,
        span: Span,
    ) {
        let key = match (constant, base, target) {
            (Some(constant), base, _) => (base.unwrap_or_default(), field(constant)),
            (None, Some(base), Some(target)) => (base, target.to_owned()),
            _ => return,
        };
        self.uses.entry(key).or_default().push((span, bytes));
    }

    /// Adds a finding for each use that disagrees with the first one. `read` is how the language
    /// reads a field by name.
    fn check(self, read: &str, findings: &mut Vec<Finding>) {
        for ((_, name), mut uses) in self.uses {
            uses.sort();
            let Some(((first, here), rest)) = uses.split_first() else {
                continue;
            };
            for (span, bytes) in rest.iter().filter(|(_, bytes)| bytes != here) {
                let message = format!("`{name}` is at offset {bytes} here and at {here} elsewhere");
                let finding = Finding::new(RULE.name, span.clone(), message)
                    .also(first.clone(), format!("offset {here} here"))
                    .help(format!(
                        "read the field by name with {read}: the kernel knows where it is"
                    ));
                findings.push(finding);
            }
        }
    }
}

/// The finding about one read that is reached with either of two constants.
fn two_ways(span: &Span, pointer: &str, [a, b]: [i64; 2]) -> Finding {
    let message = format!("one read with two constant offsets from {pointer}, {a} and {b}");
    Finding::new(RULE.name, span.clone(), message).help(READ_BY_NAME)
}

/// A field by the name of the constant for its offset.
fn field(constant: &str) -> String {
    let lower = constant.to_ascii_lowercase();
    let words = lower.split('_').filter(|word| {
        let version = word
            .trim_start_matches('v')
            .bytes()
            .all(|byte| byte.is_ascii_digit());
        !matches!(*word, "off" | "offs" | "offset" | "offsets" | "of") && !version
    });
    words.collect::<Vec<_>>().join("_")
}
