//! `syscall-regs` in C files.

use bpf_core_kernel_facts::context::is_registers;
use bpf_core_kernel_facts::syscall::{self, Entry};

use super::RULE;
use crate::front::c::view::{Access, Function, How, Origin, Trust, View};
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    findings.extend(view.functions.iter().filter_map(parameter));
    for access in &view.accesses {
        findings.extend(outer(view, access));
        if is_inner(view, access) {
            let name = match &access.from {
                Some(name) => format!("`{name}`"),
                None => "this".to_owned(),
            };
            let message =
                format!("{name} goes straight to the caller's registers, which are kernel memory");
            let found = Finding::new(RULE.name, access.span.clone(), message)
                .help("use the macro that ends with `_CORE` or `_CORE_SYSCALL`");
            findings.push(found);
        }
    }
}

/// `BPF_KPROBE(name, int fd, ...)`: a parameter of the system call where its wrapper has none.
fn parameter(function: &Function) -> Option<Finding> {
    let program = function
        .program()
        .filter(|program| program.is_on_wrapper())?;
    let param = function.params.get(1)?;
    let is_regs = param
        .record
        .as_ref()
        .is_some_and(|record| &*record.name == "pt_regs");
    let is_used = function.params.iter().skip(1).any(|param| param.is_used);
    if function.made_by.as_deref() != Some("BPF_KPROBE") || is_regs || !is_used {
        return None;
    }
    let found = super::finding(&param.span, &param.name, program.name()).help(
        "use `BPF_KSYSCALL` with `SEC(\"ksyscall/...\")`, or take `struct pt_regs *regs` \
         and read it with `PT_REGS_PARM1_CORE`",
    );
    Some(found)
}

/// `PT_REGS_PARM2(ctx)`: the registers of the wrapper itself.
fn outer(view: &View, access: &Access) -> Option<Finding> {
    let program = view.function(access).program()?;
    let name = access
        .from
        .as_deref()
        .filter(|name| name.starts_with("PT_REGS_PARM") && !name.starts_with("PT_REGS_PARM1"))?;
    let is_outer = access.how == How::Load
        && access.pointer.origin == Origin::Context
        && program.is_on_wrapper()
        && program.is_on_system_call();
    let found = super::finding(&access.span, name, program.name()).help(
        "take the registers with `PT_REGS_SYSCALL_REGS(ctx)`, and read them with \
         `PT_REGS_PARM1_CORE_SYSCALL` and its kin",
    );
    is_outer.then_some(found)
}

/// `PT_REGS_PARM2(regs)`, where `regs` are the caller's: not by `_CORE`.
pub(in crate::rules) fn is_inner(view: &View, access: &Access) -> bool {
    let record = access.record.as_ref().map_or("", |record| &record.name);
    let program = view.function(access).program();
    is_registers(record)
        && matches!(access.how, How::Load | How::Store)
        && matches!(
            access.pointer.origin,
            Origin::Register | Origin::Kernel(Trust::No)
        )
        && access.added().is_none()
        && program.is_some_and(|one| syscall::entry(one.name()) == Some(Entry::Registers))
}
