//! `wrong-record`: a program on a tracepoint takes its context for the record of another event.

use super::{Finding, Group, Level, Rule};
use crate::front::events::WrongRecord;

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-record",
    group: Group::Portability,
    level: Level::Warn,
    summary: "a context taken for the record of another event",
    page: include_str!("wrong-record.md"),
    c: Some(|view, findings| findings.extend(view.wrong_records.iter().map(finding))),
    rust: Some(|krate, findings| findings.extend(krate.wrong_records.iter().map(finding))),
    ..Rule::BARE
};

fn finding(wrong: &WrongRecord) -> Finding {
    let (section, name, own) = (&wrong.section, &wrong.record, &wrong.own);
    let message = format!("context of `{section}` taken for `{name}`, the record of another event");
    let found = Finding::new(RULE.name, wrong.span.clone(), message)
        .label(format!("the kernel writes `struct {own}` here"))
        .help(format!("take `struct {own}`"));
    match &wrong.differs {
        Some(differs) => found.note(differs.clone()),
        None => found,
    }
}
