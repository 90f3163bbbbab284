//! Whether the running kernel lets this process load a tracing program.

use std::io;
use std::os::fd::{FromRawFd as _, OwnedFd};
use std::path::Path;

use aya_obj::generated::{bpf_attr, bpf_cmd, bpf_prog_type};

/// Types of the running kernel, which the loader resolves relocations against.
pub const BTF: &str = "/sys/kernel/btf/vmlinux";

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
    // SAFETY: every field is an integer.
    let mut attr: bpf_attr = unsafe { std::mem::zeroed() };
    // SAFETY: as above.
    let load = unsafe { &mut attr.__bindgen_anon_3 };
    load.prog_type = bpf_prog_type::BPF_PROG_TYPE_RAW_TRACEPOINT as u32;
    load.insn_cnt = 2;
    load.insns = instructions.as_ptr() as u64;
    load.license = c"GPL".as_ptr() as u64;
    // SAFETY: the pointers in `attr` live until the call is back, and the kernel reads no more than the
    // size that it is told.
    let descriptor = unsafe {
        libc::syscall(
            libc::SYS_bpf,
            bpf_cmd::BPF_PROG_LOAD as libc::c_int,
            &raw const attr,
            size_of::<bpf_attr>(),
        )
    };
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just made this descriptor, and nobody else knows it.
    drop(unsafe { OwnedFd::from_raw_fd(descriptor as libc::c_int) });
    Ok(())
}

#[cfg(test)]
mod tests {
    /// Attributes in the wrong place would be `EINVAL` or `E2BIG`.
    #[test]
    fn a_program_is_loaded_or_not_permitted() {
        if let Err(error) = super::try_to_load() {
            let number = error.raw_os_error();
            let is_permission = matches!(number, Some(libc::EPERM | libc::EACCES | libc::ENOSYS));
            assert!(is_permission, "{error}");
        }
    }
}
