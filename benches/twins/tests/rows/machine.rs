//! What this machine cannot do.

use std::fs;
use std::io::{Write as _, stderr};
use std::path::Path;

use aya::programs::ProgramType;
use aya::sys::is_program_supported;

/// Types of the running kernel.
pub(crate) const BTF: &str = "/sys/kernel/btf/vmlinux";

/// Says on the terminal that something is left out: the test harness swallows `println!`.
pub(crate) fn leave_out(what: &str, why: &str) {
    let _ = writeln!(stderr(), "LEFT OUT: {what}: {why}");
}

/// Why no program can be loaded.
pub(crate) fn refuses_programs() -> Option<&'static str> {
    let supported = is_program_supported(ProgramType::RawTracePoint).unwrap_or(false);
    if !supported {
        return Some("the kernel lets this process load no eBPF program: that needs root");
    }
    (!Path::new(BTF).exists()).then_some("the running kernel has no BTF")
}

/// Whether `/proc` has the numbers that the kernel itself uses.
pub(crate) fn is_in_first_pid_namespace() -> bool {
    // `PROC_PID_INIT_INO`, `include/linux/proc_ns.h`
    fs::read_link("/proc/self/ns/pid").is_ok_and(|ns| ns == Path::new("pid:[4026531836]"))
}
