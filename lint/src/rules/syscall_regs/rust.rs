//! Rust.

use super::RULE;
use crate::finding::Finding;
use crate::front::rust::Crate;
use crate::front::rust::view::{ContextPart, Program};

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for (index, function) in krate.functions.iter().enumerate() {
        let Some(wrapper) = krate.programs(index).find_map(wrapper) else {
            continue;
        };
        for used in &function.contexts {
            let ContextPart::Argument(number, ty) = &used.what else {
                continue;
            };
            // The one argument that it has.
            if *number == Some(0) && ty.points_to().is_none_or(|name| name.ends_with("pt_regs")) {
                continue;
            }
            let found = Finding::new(
                RULE.name,
                function.span(&used.span),
                format!("`{wrapper}` has one argument, a pointer to the registers"),
            )
            .label("this register does not hold an argument of the system call")
            .help(
                "take `ctx.arg::<*const pt_regs>(0)` and read the registers behind it with \
                 `bpf_probe_read_kernel`, or attach to `raw_syscalls` or to `fentry` of `do_sys_*`",
            );
            findings.push(found);
        }
    }
}

/// The wrapper of a system call that a program says it is for.
fn wrapper(program: &Program) -> Option<String> {
    let mut words = program.arguments.split('"').skip(1).step_by(2);
    let name = words.find(|name| {
        let prefixes = [
            "__x64_", "__ia32_", "__arm64_", "__s390x_", "__s390_", "__riscv_",
        ];
        let rest = prefixes.iter().find_map(|prefix| name.strip_prefix(prefix));
        rest.is_some_and(|rest| rest.starts_with("sys_") || rest.starts_with("compat_sys_"))
    })?;
    matches!(program.kind.as_str(), "kprobe" | "kretprobe").then(|| name.to_owned())
}
