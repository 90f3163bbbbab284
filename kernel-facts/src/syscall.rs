//! Functions and tracepoints that see the arguments of a system call, by their names.
//!
//! `SYSCALL_DEFINE` makes several functions of a system call (`arch/*/include/asm/syscall_wrapper.h`).
//! All others, such as `do_sys_openat2` and `ksys_read`, are ordinary functions of the kernel.

/// How a function that `SYSCALL_DEFINE` made takes the arguments of the system call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Its one argument points to `struct pt_regs`, which hold them: `__x64_sys_openat`.
    Registers,
    /// As its own arguments: `__se_sys_openat`, `__do_sys_openat`, and `sys_openat` where no wrapper is.
    Arguments,
}

/// What stands before `sys_` in the names of functions that take registers, on each architecture.
const WRAPPED: &[&str] = &[
    "__x64_",
    "__ia32_",
    "__x32_",
    "__arm64_",
    "__riscv_",
    "__s390x_",
    "__s390_",
    "__powerpc_",
];

/// What stands there in the names of functions that take the arguments.
const PLAIN: &[&str] = &["__se_", "__do_", ""];

/// The functions that a kernel may have for a system call: `__x64_sys_openat` and the others of `openat`.
pub fn functions(call: &str) -> impl Iterator<Item = String> {
    let prefixes = WRAPPED.iter().chain(PLAIN);
    prefixes.map(move |prefix| format!("{prefix}sys_{call}"))
}

/// The functions that a loader may mean by a name: cilium/ebpf tries `__x64_sys_openat` where there is no `sys_openat`.
pub fn wrapped(function: &str) -> impl Iterator<Item = String> {
    WRAPPED
        .iter()
        .map(move |prefix| format!("{prefix}{function}"))
}

/// How the function takes a system call's arguments. `None` for an ordinary function.
#[must_use]
pub fn entry(function: &str) -> Option<Entry> {
    let begins = |prefixes: &[&str]| {
        let rests = prefixes
            .iter()
            .filter_map(|prefix| function.strip_prefix(prefix));
        let mut rests = rests.map(|rest| rest.strip_prefix("compat_").unwrap_or(rest));
        rests.any(|rest| {
            rest.strip_prefix("sys_")
                .is_some_and(|name| !name.is_empty())
        })
    };
    match function {
        _ if begins(WRAPPED) => Some(Entry::Registers),
        _ if begins(PLAIN) => Some(Entry::Arguments),
        _ => None,
    }
}

/// Whether only one architecture has a function of this name: `__x64_sys_openat`.
#[must_use]
pub fn is_of_one_architecture(function: &str) -> bool {
    entry(function) == Some(Entry::Registers)
}

/// Whether the tracepoint is at the border of every system call: its arguments are the registers of
/// the process and a number.
#[must_use]
pub fn is_at_border(tracepoint: &str) -> bool {
    matches!(tracepoint, "sys_enter" | "sys_exit")
}

/// The struct that the record of a system call's event has in the kernel's BTF, for the events
/// `syscalls/sys_enter_openat` and `raw_syscalls/sys_enter` and their kin. The event's name comes
/// without its category.
#[must_use]
pub fn record(event: &str) -> Option<&'static str> {
    match event {
        "sys_enter" => Some("trace_event_raw_sys_enter"),
        "sys_exit" => Some("trace_event_raw_sys_exit"),
        _ if event.starts_with("sys_enter_") => Some("syscall_trace_enter"),
        _ if event.starts_with("sys_exit_") => Some("syscall_trace_exit"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, entry, functions, record};

    #[test]
    fn wrappers_and_ordinary_functions() {
        for function in [
            "__x64_sys_execve",
            "__arm64_sys_execve",
            "__arm64_compat_sys_openat",
            "__ia32_compat_sys_execve",
            "__s390x_sys_read",
            "__riscv_sys_read",
        ] {
            assert_eq!(entry(function), Some(Entry::Registers), "{function}");
        }
        for function in [
            "__se_sys_openat",
            "__do_sys_clone",
            "sys_read",
            "compat_sys_ioctl",
        ] {
            assert_eq!(entry(function), Some(Entry::Arguments), "{function}");
        }
        for function in [
            "do_sys_openat2",
            "__sys_connect",
            "ksys_write",
            "x64_sys_call",
            "do_syscall_64",
            "sysfs_create_file",
            "sys_",
            "tcp_connect",
            "",
        ] {
            assert_eq!(entry(function), None, "{function}");
        }
    }

    #[test]
    fn a_system_call_has_functions() {
        assert!(functions("openat").all(|function| entry(&function).is_some()));
        assert!(functions("openat").any(|function| function == "__s390_sys_openat"));
    }

    #[test]
    fn records_of_events() {
        assert_eq!(record("sys_enter_openat"), Some("syscall_trace_enter"));
        assert_eq!(record("sys_exit"), Some("trace_event_raw_sys_exit"));
        assert_eq!(record("sched_switch"), None);
    }
}
