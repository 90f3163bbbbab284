//! The system call `bpf`: loads a program and gives what the verifier said.

use std::io;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};

use aya_obj::generated::{BPF_F_SLEEPABLE, bpf_attr, bpf_cmd};
use bpf_core_btf::Endian;
use bpf_core_btf::insn::Insn;

/// What a program is loaded as. Numbers are those of the running kernel.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kind {
    pub(crate) program_type: u32,
    pub(crate) attach_type: u32,
    pub(crate) is_sleepable: bool,
    /// What it is attached to, in the kernel's BTF.
    pub(crate) attach_btf_id: u32,
}

/// Why a program was not loaded.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) error: io::Error,
    pub(crate) log: String,
}

/// Kernels before 5.11 count programs as locked memory.
pub(crate) fn lift_limit() -> io::Result<()> {
    let limit = libc::rlimit {
        rlim_cur: libc::RLIM_INFINITY,
        rlim_max: libc::RLIM_INFINITY,
    };
    // SAFETY: the kernel reads `limit` only.
    match unsafe { libc::setrlimit(libc::RLIMIT_MEMLOCK, &raw const limit) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Loads a program under the licence.
pub(crate) fn load(
    kind: Kind,
    code: &[Insn],
    licence: &core::ffi::CStr,
) -> Result<OwnedFd, Refusal> {
    let code: Vec<u8> = code
        .iter()
        .flat_map(|insn| insn.encode(Endian::Little))
        .collect();
    let mut log = vec![0_u8; 1 << 14];
    // SAFETY: every field is an integer.
    let mut attr: bpf_attr = unsafe { std::mem::zeroed() };
    // SAFETY: as above.
    let load = unsafe { &mut attr.__bindgen_anon_3 };
    load.prog_type = kind.program_type;
    load.insn_cnt = (code.len() / 8) as u32;
    load.insns = code.as_ptr() as u64;
    load.license = licence.as_ptr() as u64;
    load.log_level = 1;
    load.log_size = log.len() as u32;
    load.log_buf = log.as_mut_ptr() as u64;
    load.prog_flags = if kind.is_sleepable {
        BPF_F_SLEEPABLE
    } else {
        0
    };
    load.expected_attach_type = kind.attach_type;
    load.attach_btf_id = kind.attach_btf_id;
    // SAFETY: the kernel reads `attr`, the code and the licence, and writes no more of `log` than its size.
    unsafe { call(bpf_cmd::BPF_PROG_LOAD, &mut attr) }.map_err(|error| {
        let end = log.iter().position(|byte| *byte == 0);
        log.truncate(end.unwrap_or(log.len()));
        let log = String::from_utf8_lossy(&log).into_owned();
        Refusal { error, log }
    })
}

/// Creates a map of one entry, with keys and values of 4 bytes.
pub(crate) fn create_map(map_type: u32) -> io::Result<OwnedFd> {
    // SAFETY: every field is an integer.
    let mut attr: bpf_attr = unsafe { std::mem::zeroed() };
    // SAFETY: as above.
    let create = unsafe { &mut attr.__bindgen_anon_1 };
    create.map_type = map_type;
    (create.key_size, create.value_size, create.max_entries) = (4, 4, 1);
    // SAFETY: the kernel reads `attr` only.
    unsafe { call(bpf_cmd::BPF_MAP_CREATE, &mut attr) }
}

/// Attaches a program to what it was loaded for; detached again at the end.
pub(crate) fn attach(program: &OwnedFd) -> io::Result<OwnedFd> {
    // SAFETY: every field is an integer.
    let mut attr: bpf_attr = unsafe { std::mem::zeroed() };
    attr.raw_tracepoint.prog_fd = program.as_raw_fd().cast_unsigned();
    // SAFETY: the kernel reads `attr` only.
    unsafe { call(bpf_cmd::BPF_RAW_TRACEPOINT_OPEN, &mut attr) }
}

/// # Safety
/// `attr` has what the command takes, and its pointers lead to memory that the command may use.
unsafe fn call(command: bpf_cmd, attr: &mut bpf_attr) -> io::Result<OwnedFd> {
    // SAFETY: by the caller.
    let result = unsafe {
        libc::syscall(
            libc::SYS_bpf,
            command as libc::c_int,
            std::ptr::from_mut(attr),
            size_of::<bpf_attr>(),
        )
    };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: each of these commands gives a new file descriptor.
    Ok(unsafe { OwnedFd::from_raw_fd(result as i32) })
}
