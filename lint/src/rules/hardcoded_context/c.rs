//! C.

use super::RULE;
use crate::finding::Finding;
use crate::front::c::view::{ContextUse, View};
use crate::kernel::programs::{self, Program};

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for context in &view.contexts {
        let section = &context.section;
        let is_probe = Program::of(section) == Program::Kprobe;
        let mut found = match &context.how {
            ContextUse::Record { name, declared } => {
                let message =
                    format!("context of `{section}` taken for the hand-declared `{name}`");
                let found = Finding::new(RULE.name, context.span.clone(), message)
                    .label("the layout differs between kernels");
                match declared {
                    Some(span) => found.also(span.clone(), "its layout is written down here"),
                    None => found,
                }
            }
            ContextUse::Bytes(bytes) => {
                let message = format!("context of `{section}` read at the constant offset {bytes}");
                Finding::new(RULE.name, context.span.clone(), message)
                    .label("the event's format differs between kernels")
            }
        };
        found = match (is_probe, programs::is_syscall_entry(section)) {
            (true, _) => found.help("use `BPF_KPROBE`, or `struct pt_regs` with `PT_REGS_PARM1`"),
            (_, true) => found.help("use `struct trace_event_raw_sys_enter` of `vmlinux.h`"),
            (_, _) => found.help(format!(
                "use the event's `struct trace_event_raw_*` of `vmlinux.h`, such as \
                 `trace_event_raw_{}`, whose fields are relocated",
                programs::target(section)
            )),
        };
        findings.push(found);
    }
}
