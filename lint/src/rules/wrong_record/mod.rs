//! `wrong-record`: a program on a tracepoint takes its context for the struct of another event.

use std::collections::HashMap;

use super::{Finding, Group, Level, Rule};
use crate::front::events::WrongRecord;

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-record",
    group: Group::Portability,
    level: Level::Warn,
    summary: "a context taken for the struct of another event",
    page: include_str!("wrong-record.md"),
    c: Some(|view, findings| all(&view.wrong_records, findings)),
    rust: Some(|krate, findings| all(&krate.wrong_records, findings)),
    ..Rule::BARE
};

/// One struct is one mistake, however many programs take it.
fn all(wrong: &[WrongRecord], findings: &mut Vec<Finding>) {
    let mut structs: HashMap<&str, usize> = HashMap::new();
    for wrong in wrong {
        if let Some(&known) = structs.get(&*wrong.record) {
            findings[known].and_here(&wrong.span);
            continue;
        }
        structs.insert(&wrong.record, findings.len());
        findings.push(finding(wrong));
    }
}

fn finding(wrong: &WrongRecord) -> Finding {
    let (section, name, own) = (&wrong.section, &wrong.record, &wrong.own);
    let message = format!("context of `{section}` taken for `{name}`, the struct of another event");
    let found = Finding::new(RULE.name, wrong.span.clone(), message)
        .label(format!("the kernel writes `struct {own}` here"))
        .help(format!("take `struct {own}`"));
    match &wrong.differs {
        Some(differs) => found.note(differs.clone()),
        None => found,
    }
}
