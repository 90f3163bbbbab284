//! `wrong-record`: a program on a tracepoint takes its context for the struct of another event.

use std::collections::HashMap;

use bpf_core_kernel_facts::flavour::essential_name;

use super::{Finding, Group, Level, Rule};
use crate::front::facts::EventStruct;
use crate::known::TwoPlaces;
use crate::span::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-record",
    group: Group::Portability,
    level: Level::Warn,
    summary: "a context taken for the struct of another event",
    page: include_str!("wrong-record.md"),
    c: Some(|view, findings| all(&view.event_structs, findings)),
    rust: Some(|krate, findings| all(&krate.event_structs, findings)),
    ..Rule::BARE
};

/// One struct is one mistake, however many programs take it.
fn all(taken: &[EventStruct], findings: &mut Vec<Finding>) {
    let mut structs: HashMap<&str, (usize, Vec<&Span>)> = HashMap::new();
    for one in taken.iter().filter(|one| is_wrong(one)) {
        match structs.get_mut(&*one.taken) {
            Some((known, spans)) if !spans.contains(&&one.span) => {
                findings[*known].and_here(&one.span);
                spans.push(&one.span);
            }
            Some(_) => {}
            None => {
                structs.insert(&one.taken, (findings.len(), vec![&one.span]));
                findings.push(finding(one));
            }
        }
    }
}

/// Whether the program may read something else than it means. The struct that all system calls share begins as
/// that of one call does.
fn is_wrong(one: &EventStruct) -> bool {
    !one.other.is_of_calls || one.other.differs.is_some()
}

fn finding(one: &EventStruct) -> Finding {
    let (section, name, own) = (&one.section, &one.taken, &one.other.own);
    let message = format!("context of `{section}` taken for `{name}`, the struct of another event");
    let found = Finding::new(RULE.name, one.span.clone(), message)
        .label(format!("the kernel writes `struct {own}` here"))
        .help(format!("take `struct {own}`"));
    let Some(differs) = &one.other.differs else {
        return found;
    };
    let TwoPlaces {
        field,
        taken,
        own: there,
        kernels,
    } = differs;
    let name = essential_name(name);
    found.note(format!(
        "`{field}` is at {taken} in `{name}` and at {there} in `{own}` on {kernels}"
    ))
}
