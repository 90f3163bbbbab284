//! C.

use bpf_core_kernel_facts::{Context, Program};

use super::{RULE, is_record, record};
use crate::front::c::view::{ContextUse, View};
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for context in &view.contexts {
        let section = &context.section;
        let program = Program::of_section(section);
        let found = match &context.how {
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
        let on_registers =
            program.is_some_and(|program| program.section.context == Context::Registers);
        findings.push(match &context.how {
            _ if on_registers => {
                found.help("use `BPF_KPROBE`, or `struct pt_regs` with `PT_REGS_PARM1`")
            }
            ContextUse::Record { name, .. } if is_record(name) => found.help(
                "add `__attribute__((preserve_access_index))` to the struct, so that its fields are \
                 relocated",
            ),
            _ => found.help(format!(
                "take {} of `vmlinux.h`, whose fields are relocated",
                record(program)
            )),
        });
    }
}
