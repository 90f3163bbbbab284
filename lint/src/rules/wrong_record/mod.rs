//! `wrong-record`: a program on a tracepoint takes its context for the record of another event.

use super::{Finding, Group, Level, Rule};
use crate::front::c::view::View;

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-record",
    group: Group::Portability,
    level: Level::Warn,
    summary: "a context taken for the record of another event",
    page: include_str!("wrong-record.md"),
    c: Some(check),
    ..Rule::BARE
};

fn check(view: &View, findings: &mut Vec<Finding>) {
    for wrong in &view.wrong_records {
        let (section, name, own) = (&wrong.section, &wrong.record, &wrong.own);
        let message =
            format!("context of `{section}` taken for `{name}`, the record of another event");
        let found = Finding::new(RULE.name, wrong.span.clone(), message)
            .label(format!("the kernel writes `struct {own}` here"))
            .help(format!("take `struct {own}`"));
        findings.push(match &wrong.differs {
            Some(differs) => found.note(differs.clone()),
            None => found,
        });
    }
}
