//! C.

use super::RULE;
use crate::front::c::view::{RegistersUse, View};
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for used in &view.registers {
        let function = &used.function;
        let (message, help) = match &used.how {
            RegistersUse::Parameter(name) => (
                format!(
                    "`{name}` is no argument of `{function}`, whose only one is the caller's registers"
                ),
                "use `BPF_KSYSCALL` with `SEC(\"ksyscall/...\")`, or take `struct pt_regs *regs` \
                 and read it with `PT_REGS_PARM1_CORE`",
            ),
            RegistersUse::Outer(name) => (
                format!(
                    "`{name}` is no argument of `{function}`, whose only one is the caller's registers"
                ),
                "take the registers with `PT_REGS_SYSCALL_REGS(ctx)`, and read them with \
                 `PT_REGS_PARM1_CORE_SYSCALL` and its kin",
            ),
            RegistersUse::Inner(name) => (
                format!(
                    "`{name}` goes straight to the caller's registers, which are kernel memory"
                ),
                "use the macro that ends with `_CORE` or `_CORE_SYSCALL`",
            ),
        };
        findings.push(Finding::new(RULE.name, used.span.clone(), message).help(help));
    }
}
