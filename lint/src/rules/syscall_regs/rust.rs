//! `syscall-regs` in Rust crates.

use crate::front::rust::Crate;
use crate::front::rust::view::{ContextPart, Program};
use crate::rules::Finding;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for (index, function) in krate.functions.iter().enumerate() {
        let Some(wrapper) = krate.programs(index).find_map(wrapper) else {
            continue;
        };
        for used in &function.contexts {
            let ContextPart::Argument(number, ty) = &used.what else {
                continue;
            };
            // The only argument of the wrapper.
            if *number == Some(0) && ty.points_to().is_none_or(|name| name.ends_with("pt_regs")) {
                continue;
            }
            let what = match number {
                Some(number) => format!("ctx.arg({number})"),
                None => "ctx.arg(..)".to_owned(),
            };
            let found = super::finding(&function.span(&used.span), &what, wrapper)
                .label("this register does not hold an argument of the system call")
                .help(
                    "take the registers of the caller with `pt_regs_syscall_regs` of \
                     `bpf_core::registers`, and the argument with `pt_regs_parm_syscall`, which counts from 1",
                );
            findings.push(found);
        }
    }
}

/// The wrapper of a system call that a program is attached to.
fn wrapper(program: &Program) -> Option<&str> {
    let facts = program.facts();
    facts.is_on_wrapper().then(|| facts.name())
}
