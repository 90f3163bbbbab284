//! What this machine cannot do.

use std::fs;
use std::io::{Write as _, stderr};
use std::path::Path;

use aya::programs::ProgramType;
use aya::sys::is_program_supported;

/// Says on the terminal that something is left out: the test harness swallows `println!`.
pub fn leave_out(what: &str, why: &str) {
    let _ = writeln!(stderr(), "LEFT OUT: {what}: {why}");
}

/// Why no program can be loaded here.
fn refuses_programs() -> Option<&'static str> {
    let supported = is_program_supported(ProgramType::RawTracePoint).unwrap_or(false);
    (!supported).then_some("the kernel lets this process load no eBPF program: that needs root")
}

/// Why no example can be loaded for the running kernel.
pub fn refuses_examples() -> Option<&'static str> {
    let no_btf = !Path::new("/sys/kernel/btf/vmlinux").exists();
    refuses_programs().or(no_btf.then_some("the running kernel has no BTF"))
}

/// Why what an example says of processes cannot be compared with `/proc`.
pub fn refuses_verification() -> Option<&'static str> {
    // `PROC_PID_INIT_INO`, `include/linux/proc_ns.h`
    let first =
        fs::read_link("/proc/self/ns/pid").is_ok_and(|ns| ns == Path::new("pid:[4026531836]"));
    refuses_examples().or((!first).then_some("this is not the first PID namespace"))
}
