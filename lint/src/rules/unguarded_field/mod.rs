//! `unguarded-field`: a source reads a field that a supported kernel lacks, and does not ask first.

use super::{Finding, Group, Level, Rule};
use crate::front::kernels::{Absence, Question};

mod c;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unguarded-field",
    group: Group::Portability,
    level: Level::Warn,
    summary: "a field that a supported kernel lacks, read without a guard",
    page: include_str!("unguarded-field.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};

/// The finding about a thing that kernels lack.
fn finding(absence: &Absence) -> Finding {
    let what = match &absence.what {
        Question::Field(record, path) => format!("`{path}` of `{record}`"),
        Question::Type(name) => format!("type `{name}`"),
        Question::Enumerator(of, name) => format!("`{name}` of `enum {of}`"),
        Question::Either(..) | Question::Tracepoint(_) | Question::Before(_) | Question::Other => {
            "it".to_owned()
        }
    };
    let kernels = &absence.kernels;
    let message = format!("{what} is not on {kernels}, and nothing asks for it first");
    let found = Finding::new(RULE.name, absence.span.clone(), message)
        .label("the verifier refuses the program there");
    let mut found = match &absence.instead {
        Some(instead) => found.note(format!("these kernels have {instead} instead")),
        None => found,
    };
    absence.more.iter().for_each(|span| found.and_here(span));
    found
}
