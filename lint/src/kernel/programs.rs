//! What the section of a program says about it: where it is attached, and what its arguments are.

/// Where a program is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// A function of the kernel, by its registers.
    Kprobe,
    /// A system call, whose registers libbpf unpacks.
    Ksyscall,
    /// A function of a process.
    Uprobe,
    /// A tracepoint, by the record that it would write.
    Tracepoint,
    /// A tracepoint, by its raw arguments.
    RawTracepoint,
    /// A counter or timer.
    PerfEvent,
    /// A program whose arguments have types for the verifier.
    Typed,
    /// Anything else: packets, control groups, and what nobody knows.
    Other,
}

impl Program {
    /// The program of a section (`SEC("...")`).
    #[must_use]
    pub fn of(section: &str) -> Self {
        let kind = section
            .trim_start_matches('?')
            .split('/')
            .next()
            .unwrap_or("");
        // "fentry.s" may sleep.
        match kind.split('.').next().unwrap_or("") {
            "kprobe" | "kretprobe" => Self::Kprobe,
            "ksyscall" | "kretsyscall" => Self::Ksyscall,
            "uprobe" | "uretprobe" | "usdt" => Self::Uprobe,
            "tracepoint" | "tp" => Self::Tracepoint,
            "raw_tp" | "raw_tracepoint" => Self::RawTracepoint,
            "perf_event" => Self::PerfEvent,
            "tp_btf" | "fentry" | "fexit" | "fmod_ret" | "lsm" | "lsm_cgroup" | "iter"
            | "struct_ops" | "syscall" => Self::Typed,
            _ => Self::Other,
        }
    }
}

/// What a section attaches to: the name behind the last slash.
#[must_use]
pub fn target(section: &str) -> &str {
    section.rsplit('/').next().unwrap_or(section)
}

/// Whether a function is a system call's wrapper, which has one argument: the registers of the
/// caller (`arch/*/include/asm/syscall_wrapper.h`).
#[must_use]
pub fn is_syscall_wrapper(function: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "__x64_sys_",
        "__ia32_sys_",
        "__ia32_compat_sys_",
        "__x32_compat_sys_",
        "__arm64_sys_",
        "__arm64_compat_sys_",
        "__riscv_sys_",
        "__s390x_sys_",
        "__s390_sys_",
    ];
    PREFIXES.iter().any(|prefix| function.starts_with(prefix))
}

/// Whether a program sees a system call's own arguments: those that are pointers are the
/// process's.
#[must_use]
pub fn is_syscall_entry(section: &str) -> bool {
    match Program::of(section) {
        Program::Ksyscall => section.contains("ksyscall"),
        Program::Kprobe => section.contains("kprobe/") && is_syscall_wrapper(target(section)),
        Program::Tracepoint => target(section).starts_with("sys_enter"),
        Program::RawTracepoint | Program::Typed => target(section) == "sys_enter",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Program, is_syscall_entry, is_syscall_wrapper, target};

    #[test]
    fn knows_sections() {
        assert_eq!(Program::of("kprobe/tcp_connect"), Program::Kprobe);
        assert_eq!(Program::of("kprobe.multi/tcp_*"), Program::Kprobe);
        assert_eq!(Program::of("?fentry.s/bprm"), Program::Typed);
        assert_eq!(Program::of("tp/sched/sched_switch"), Program::Tracepoint);
        assert_eq!(Program::of("tp_btf/sched_switch"), Program::Typed);
        assert_eq!(Program::of("xdp"), Program::Other);
        assert_eq!(target("tp/sched/sched_switch"), "sched_switch");
    }

    #[test]
    fn knows_system_calls() {
        assert!(is_syscall_wrapper("__x64_sys_openat"));
        assert!(!is_syscall_wrapper("__sys_connect"));
        assert!(is_syscall_entry("tracepoint/syscalls/sys_enter_openat"));
        assert!(is_syscall_entry("raw_tp/sys_enter"));
        assert!(!is_syscall_entry("tracepoint/syscalls/sys_exit_openat"));
    }
}
