//! The system call `bpf`: loads a program and gives what the verifier said.

use std::io;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};

use bpf_core_btf::Endian;
use bpf_core_btf::insn::Insn;

const BPF_PROG_LOAD: libc::c_int = 5;
const BPF_RAW_TRACEPOINT_OPEN: libc::c_int = 17;
const BPF_F_SLEEPABLE: u32 = 1 << 4;

/// Of `union bpf_attr` in `include/uapi/linux/bpf.h`, what loading a program takes.
#[repr(C)]
#[derive(Default)]
struct LoadAttr {
    prog_type: u32,
    insn_cnt: u32,
    insns: u64,
    license: u64,
    log_level: u32,
    log_size: u32,
    log_buf: u64,
    kern_version: u32,
    prog_flags: u32,
    prog_name: [u8; 16],
    prog_ifindex: u32,
    expected_attach_type: u32,
    prog_btf_fd: u32,
    func_info_rec_size: u32,
    func_info: u64,
    func_info_cnt: u32,
    line_info_rec_size: u32,
    line_info: u64,
    line_info_cnt: u32,
    attach_btf_id: u32,
    attach_prog_fd: u32,
    rest: u32,
}

#[repr(C)]
#[derive(Default)]
struct OpenAttr {
    name: u64,
    prog_fd: u32,
    rest: u32,
}

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
    let mut attr = LoadAttr {
        prog_type: kind.program_type,
        insn_cnt: (code.len() / 8) as u32,
        insns: code.as_ptr() as u64,
        license: licence.as_ptr() as u64,
        log_level: 1,
        log_size: log.len() as u32,
        log_buf: log.as_mut_ptr() as u64,
        prog_flags: if kind.is_sleepable {
            BPF_F_SLEEPABLE
        } else {
            0
        },
        expected_attach_type: kind.attach_type,
        attach_btf_id: kind.attach_btf_id,
        ..LoadAttr::default()
    };
    // SAFETY: the kernel reads `attr`, the code and the licence, and writes no more of `log` than its size.
    unsafe { call(BPF_PROG_LOAD, &mut attr) }.map_err(|error| {
        let end = log.iter().position(|byte| *byte == 0);
        log.truncate(end.unwrap_or(log.len()));
        let log = String::from_utf8_lossy(&log).into_owned();
        Refusal { error, log }
    })
}

/// Attaches a program to what it was loaded for; detached again at the end.
pub(crate) fn attach(program: &OwnedFd) -> io::Result<OwnedFd> {
    let mut attr = OpenAttr {
        prog_fd: program.as_raw_fd().cast_unsigned(),
        ..OpenAttr::default()
    };
    // SAFETY: the kernel reads `attr` only.
    unsafe { call(BPF_RAW_TRACEPOINT_OPEN, &mut attr) }
}

/// # Safety
/// `attr` is what the command takes, and its pointers lead to memory that the command may use.
unsafe fn call<A>(command: libc::c_int, attr: &mut A) -> io::Result<OwnedFd> {
    // SAFETY: by the caller.
    let result = unsafe {
        libc::syscall(
            libc::SYS_bpf,
            command,
            std::ptr::from_mut(attr),
            size_of::<A>(),
        )
    };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: each of these commands gives a new file descriptor.
    Ok(unsafe { OwnedFd::from_raw_fd(result as i32) })
}
