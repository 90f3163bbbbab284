//! `hardcoded-context`: the layout of a context is written into the program.

use bpf_core_kernel_facts::{Program, flavour};

use super::words::differs;
use super::{Finding, Group, Level, Rule};
use crate::known::{EventLayout, Layout};
use crate::span::Span;

mod c;
pub(super) mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "hardcoded-context",
    group: Group::Portability,
    level: Level::Warn,
    summary: "a context read by position instead of by name",
    page: include_str!("hardcoded-context.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};

/// The finding about a context that is taken for a struct which is declared by hand. `of` says
/// whose context it is.
fn taken_for(span: &Span, of: &str, name: &str, declared: Option<&Span>) -> Finding {
    let message = format!("context of {of} taken for the hand-declared `{name}`");
    let found =
        Finding::new(RULE.name, span.clone(), message).label("the layout differs between kernels");
    match declared {
        Some(span) => found.also(span.clone(), "its layout is written down here"),
        None => found,
    }
}

/// The finding about a context that is read at a constant offset.
fn constant(span: &Span, of: &str, at: &str) -> Finding {
    let message = format!("context of {of} read at the constant offset {at}");
    Finding::new(RULE.name, span.clone(), message)
        .label("the event's format differs between kernels")
}

/// Whether a struct has the name of the record that the kernel writes for an event, as far as that is known.
fn is_record(name: &str, event: &EventLayout) -> bool {
    let name = flavour::essential_name(name);
    let is_record = name.starts_with("trace_event_raw_") || name.starts_with("syscall_trace_");
    is_record && event.own.as_deref().is_none_or(|own| own == name)
}

/// The struct that a program on a tracepoint has to take its context for, in words. Events of one
/// class share a struct, and only the kernel's sources tell which events do.
fn record(program: Option<Program<'_>>, event: &EventLayout) -> String {
    let name = program.map_or("", |program| program.name());
    match &event.own {
        Some(own) => format!("`struct {own}`"),
        None if name.is_empty() => "the struct of the event's class".to_owned(),
        None => "the struct of the event's class (`bpftool btf dump file /sys/kernel/btf/vmlinux format c | grep \
                 'struct trace_event_raw_'` lists them)"
            .to_owned(),
    }
}

/// The finding with what kernels have. `None` where all of them have the same.
fn on_kernels(found: Finding, event: &EventLayout) -> Option<Finding> {
    match &event.layout {
        Layout::Same => None,
        Layout::Differs {
            record,
            path,
            values,
        } => {
            let differs = differs((record, path), values);
            let note = match path.is_empty() {
                true => format!("each event begins with `struct {record}`, and {differs}"),
                false => differs,
            };
            Some(found.note(note))
        }
        Layout::Unknown | Layout::Own => Some(found),
    }
}
