//! A read that failed.

use core::fmt;

/// The kernel could not read the address: the error that the helper returned.
///
/// `bpf_probe_read_kernel` gives `-EFAULT` (14) for an address that is not mapped, and
/// `-ERANGE` (34) for one that is not the kernel's, as null (`mm/maccess.c`).
/// `EOVERFLOW` (75), `E2BIG` (7) and `EOPNOTSUPP` (95) are of this crate: `#[core(bitfield)]`,
/// `core_list_entries!` and [`registers`](crate::registers) say when.
/// A build for another target than BPF, where no helper is, gives `-ENOSYS` (38).
#[derive(Clone, Copy, PartialEq, Eq)]
#[must_use = "a failed read has no value: handle it, or pass it on with `?`"]
pub struct ReadError {
    code: i64,
}

impl ReadError {
    /// `-EOVERFLOW`: the value of a `#[core(bitfield)]` is larger than the type declared.
    pub(crate) const TOO_LARGE: Self = Self { code: -75 };

    /// `-E2BIG`: a list has more entries than the bound.
    pub(crate) const TOO_LONG: Self = Self { code: -7 };

    /// `-EOPNOTSUPP`: the kernel's `pt_regs` has no such register.
    pub(crate) const NOT_SUPPORTED: Self = Self { code: -95 };

    /// `code`: what the helper returned, below 0.
    #[inline(always)]
    pub(crate) const fn new(code: i64) -> Self {
        Self { code }
    }

    /// The error number, above 0: `EFAULT` is 14 (`errno-base.h`).
    #[inline(always)]
    pub const fn errno(self) -> i32 {
        -(self.code as i32)
    }
}

impl fmt::Debug for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReadError(errno {})", self.errno())
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "kernel memory could not be read (errno {})",
            self.errno()
        )
    }
}

impl core::error::Error for ReadError {}
