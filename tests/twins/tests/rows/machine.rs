//! What this machine cannot do.

use std::fs;
use std::io::{Write as _, stderr};
use std::path::Path;

use aya::programs::ProgramType;
use aya::sys::is_program_supported;
use bpf_core_btf::Btf;

use crate::kernel::has_enum64;

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

/// Why aya cannot load the twins.
pub(crate) fn refuses_aya() -> Option<&'static str> {
    let btf = fs::read(BTF).unwrap();
    let has_enum64 = has_enum64(&Btf::parse(&btf).unwrap());
    (!has_enum64).then_some("it finds no enumerator of 64 bits before Linux 6.0")
}

/// Whether `/proc` has the numbers that the kernel itself uses.
pub(crate) fn is_in_first_pid_namespace() -> bool {
    // `PROC_PID_INIT_INO`, `include/linux/proc_ns.h`
    fs::read_link("/proc/self/ns/pid").is_ok_and(|ns| ns == Path::new("pid:[4026531836]"))
}
