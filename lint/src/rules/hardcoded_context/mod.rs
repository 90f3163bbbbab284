//! `hardcoded-context`: the layout of a context is written into the program.

use bpf_core_kernel_facts::{Program, flavour, syscall};

use super::{Finding, Group, Level, Rule};
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

/// Whether the struct of that name is the record of an event in the kernel's BTF.
fn is_record(name: &str) -> bool {
    let name = flavour::essential_name(name);
    name.starts_with("trace_event_raw_") || name.starts_with("syscall_trace_")
}

/// The struct that a program on a tracepoint has to take its context for, in words. Events of one
/// class share a struct, and only the kernel's sources tell which events do.
fn record(program: Option<Program<'_>>) -> String {
    let event = program.map_or("", |program| program.name());
    match syscall::record(event) {
        Some(name) => format!("`struct {name}`"),
        None if event.is_empty() => "the struct of the event's class".to_owned(),
        None => format!(
            "`struct trace_event_raw_{event}` if the event has a class of its own, else the struct of its class \
             (`bpftool btf dump file /sys/kernel/btf/vmlinux format c | grep 'struct trace_event_raw_'` \
             lists them)"
        ),
    }
}
