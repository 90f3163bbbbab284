//! The registers of a probed function or of a system call: the kernel's `struct pt_regs`
//! (`arch/*/include/asm/ptrace.h`).
//!
//! The functions have the names of libbpf's macros in `bpf_tracing.h`. Each register is read with a
//! relocation, as the `_CORE` macros do. C fixes the architecture when the program is compiled. Here one
//! object serves x86_64 and arm64: the loader finds out which of the two `pt_regs` the kernel has. On a
//! kernel of another architecture, each function gives `EOPNOTSUPP` (95).
//!
//! ```
//! use bpf_core::{ReadError, UserPtr, registers::{pt_regs, pt_regs_parm_syscall}};
//!
//! /// `int openat(int dirfd, const char *pathname, int flags, mode_t mode)`: the registers are
//! /// the first argument of the raw tracepoint `sys_enter`.
//! fn openat(regs: *const pt_regs) -> Result<(i32, UserPtr<u8>), ReadError> {
//!     Ok((pt_regs_parm_syscall::<1, _>(regs)?, pt_regs_parm_syscall::<2, _>(regs)?))
//! }
//! ```
#![allow(non_camel_case_types)]

mod argument;
mod value;

pub use argument::{Argument, FunctionCall, SystemCall};
pub use value::{Register, UserRegister};

use crate::{
    CastPtr, CoreStruct, TrustedPtr, access::probe::probe_read_kernel, core_field_exists,
    core_read, error::ReadError, pointer::base::Base,
};

/// `struct pt_regs` of x86_64 and of arm64 in one. No kernel has all of its fields.
///
/// The context of a kprobe or uprobe points to one, and so does the first argument of the raw tracepoint
/// `sys_enter`. [`core_recast!`](crate::core_recast) casts a pointer to another declaration of it.
/// Registers of other architectures may be added.
#[derive(CoreStruct)]
#[non_exhaustive]
pub struct pt_regs {
    /// x86_64.
    #[core(optional)]
    pub di: u64,
    /// x86_64.
    #[core(optional)]
    pub si: u64,
    /// x86_64.
    #[core(optional)]
    pub dx: u64,
    /// x86_64.
    #[core(optional)]
    pub cx: u64,
    /// x86_64.
    #[core(optional)]
    pub r8: u64,
    /// x86_64.
    #[core(optional)]
    pub r9: u64,
    /// x86_64.
    #[core(optional)]
    pub r10: u64,
    /// x86_64.
    #[core(optional)]
    pub ax: u64,
    /// x86_64: the number of the system call.
    #[core(optional)]
    pub orig_ax: u64,
    /// x86_64.
    #[core(optional)]
    pub bp: u64,
    /// x86_64.
    #[core(optional)]
    pub ip: u64,
    /// x86_64 and arm64.
    #[core(optional)]
    pub sp: u64,
    /// arm64: `x0` to `x30`.
    #[core(optional)]
    pub regs: [u64; 31],
    /// arm64.
    #[core(optional)]
    pub pc: u64,
    /// arm64: `x0` as a system call began.
    #[core(optional)]
    pub orig_x0: u64,
    /// arm64: the number of the system call.
    #[core(optional)]
    pub syscallno: i32,
}

/// A pointer to registers: a raw pointer or reference to [`pt_regs`], or a [`TrustedPtr`] or [`CastPtr`]
/// to one. Nothing else can implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pointer to registers",
    label = "not a pointer to `pt_regs`",
    note = "use a `*const`, `*mut` or `TrustedPtr` of the `pt_regs` of `bpf_core::registers`; `core_recast!` makes it of \
            another declaration"
)]
pub trait Registers: Base<Record = pt_regs> + Copy {}

macro_rules! registers {
    ($($pointer:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Registers for $pointer {}
    )*};
}

registers!(*const pt_regs *mut pt_regs &pt_regs TrustedPtr<'_, pt_regs> CastPtr<pt_regs>);

/// The register of the kernel's architecture. The fields `regs` and `sp` do not tell which it is: mips
/// and loongarch have a `regs` too, and riscv has an `sp`.
#[inline(always)]
fn register(
    x86_64: impl FnOnce() -> Result<Option<u64>, ReadError>,
    arm64: impl FnOnce() -> Result<Option<u64>, ReadError>,
) -> Result<u64, ReadError> {
    let found = if core_field_exists!(pt_regs, di) && core_field_exists!(pt_regs, r10) {
        x86_64()?
    } else if core_field_exists!(pt_regs, orig_x0) {
        arm64()?
    } else {
        None
    };
    found.ok_or(ReadError::UNSUPPORTED)
}

/// Argument `N` of a function, counted from 1, at its entry. In C: `PT_REGS_PARMn_CORE`.
///
/// `T` is an integer, a raw pointer or a `UserPtr`, as the function declares it.
///
/// # Errors
/// `EOPNOTSUPP` (95) on another architecture, and for arguments 7 and 8 on x86_64: only arm64 has them
/// in registers. The errno of the helper when the registers cannot be read.
#[inline(always)]
pub fn pt_regs_parm<const N: usize, T: Register>(regs: impl Registers) -> Result<T, ReadError>
where
    FunctionCall: Argument<N>,
{
    <FunctionCall as Argument<N>>::read(regs).map(T::of)
}

/// Argument `N` of a system call, counted from 1. In C: `PT_REGS_PARMn_CORE_SYSCALL`.
///
/// `T` is an integer or a `UserPtr`. `regs` are the registers of the process: the first argument of the
/// raw tracepoint `sys_enter`, or the result of [`pt_regs_syscall_regs`]. A 32-bit process on a 64-bit
/// kernel has its arguments in other registers, so it gets wrong values here, as in C.
///
/// # Errors
/// `EOPNOTSUPP` (95) on another architecture. The errno of the helper when the registers cannot be read.
#[inline(always)]
pub fn pt_regs_parm_syscall<const N: usize, T: UserRegister>(
    regs: impl Registers,
) -> Result<T, ReadError>
where
    SystemCall: Argument<N>,
{
    <SystemCall as Argument<N>>::read(regs).map(T::of)
}

/// The registers of the process, in a kprobe on a system call (`__x64_sys_openat`,
/// `__arm64_sys_openat`). In C: `PT_REGS_SYSCALL_REGS`.
///
/// The probed function wraps the system call. Its only argument is a pointer to these registers, on
/// every kernel with BTF (`ARCH_HAS_SYSCALL_WRAPPER`).
///
/// # Errors
/// As [`pt_regs_parm`].
#[inline(always)]
pub fn pt_regs_syscall_regs(ctx: impl Registers) -> Result<*const pt_regs, ReadError> {
    pt_regs_parm::<1, _>(ctx)
}

/// The return value of a function, in a kretprobe or uretprobe. In C: `PT_REGS_RC_CORE`.
///
/// # Errors
/// As [`pt_regs_parm_syscall`].
#[inline(always)]
pub fn pt_regs_rc<T: Register>(regs: impl Registers) -> Result<T, ReadError> {
    register(|| core_read!(regs, ax), || core_read!(regs, regs[0])).map(T::of)
}

/// The address that a function of the kernel returns to, at its entry. In C: `BPF_KPROBE_READ_RET_IP`.
///
/// libbpf's `PT_REGS_RET` is this address on arm64. On x86_64 it is the place where the address is
/// stored, which [`pt_regs_sp`] gives here.
///
/// # Errors
/// As [`pt_regs_parm_syscall`].
#[inline(always)]
pub fn pt_regs_ret(regs: impl Registers) -> Result<u64, ReadError> {
    register(
        || match core_read!(regs, sp)? {
            Some(sp) => probe_read_kernel(sp as *const u64).map(Some),
            None => Ok(None),
        },
        || core_read!(regs, regs[30]),
    )
}

/// The frame pointer. In C: `PT_REGS_FP_CORE`. The register holds one only in code that was compiled with
/// frame pointers (`CONFIG_FRAME_POINTER`).
///
/// # Errors
/// As [`pt_regs_parm_syscall`].
#[inline(always)]
pub fn pt_regs_fp(regs: impl Registers) -> Result<u64, ReadError> {
    register(|| core_read!(regs, bp), || core_read!(regs, regs[29]))
}

/// The stack pointer. In C: `PT_REGS_SP_CORE`.
///
/// # Errors
/// As [`pt_regs_parm_syscall`].
#[inline(always)]
pub fn pt_regs_sp(regs: impl Registers) -> Result<u64, ReadError> {
    register(|| core_read!(regs, sp), || core_read!(regs, sp))
}

/// The address of the next instruction. In C: `PT_REGS_IP_CORE`.
///
/// # Errors
/// As [`pt_regs_parm_syscall`].
#[inline(always)]
pub fn pt_regs_ip(regs: impl Registers) -> Result<u64, ReadError> {
    register(|| core_read!(regs, ip), || core_read!(regs, pc))
}
