//! Whether the running kernel lets this process load a tracing program.

use std::io;
use std::path::Path;

/// Types of the running kernel, which the loader resolves relocations against.
pub const BTF: &str = "/sys/kernel/btf/vmlinux";

const BPF_PROG_LOAD: libc::c_long = 5;
const BPF_PROG_TYPE_RAW_TRACEPOINT: u32 = 17;

/// The start of `union bpf_attr` for `BPF_PROG_LOAD` (`linux/bpf.h`).
#[repr(C)]
struct ProgLoad {
    prog_type: u32,
    insn_cnt: u32,
    insns: u64,
    license: u64,
    log_level: u32,
    log_size: u32,
    log_buf: u64,
    kern_version: u32,
    prog_flags: u32,
}

/// The types of the running kernel can be read.
pub fn has_btf() -> bool {
    Path::new(BTF).exists()
}

/// Loads `return 0` as a raw tracepoint program, and forgets it.
pub fn try_to_load() -> io::Result<()> {
    let instructions: [u64; 2] = [
        0x0000_0000_0000_00b7_u64, // r0 = 0
        0x0000_0000_0000_0095_u64, // exit
    ];
    let attributes = ProgLoad {
        prog_type: BPF_PROG_TYPE_RAW_TRACEPOINT,
        insn_cnt: 2,
        insns: instructions.as_ptr() as u64,
        license: c"GPL".as_ptr() as u64,
        log_level: 0,
        log_size: 0,
        log_buf: 0,
        kern_version: 0,
        prog_flags: 0,
    };
    // SAFETY: the pointers in `attributes` and its own live until the call is back, and the
    // kernel reads no more than the size that it is told.
    let descriptor = unsafe {
        libc::syscall(
            libc::SYS_bpf,
            BPF_PROG_LOAD,
            &raw const attributes,
            size_of::<ProgLoad>(),
        )
    };
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just made this descriptor, and nobody else knows it.
    unsafe { libc::close(descriptor as libc::c_int) };
    Ok(())
}
