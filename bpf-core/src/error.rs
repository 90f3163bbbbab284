//! The errors of reads and writes: the kernel's error number, in four bytes.
//!
//! A BPF program has 512 bytes of stack, so an error may not make a result larger than it must be.
//! The number is never 0, so that `Result<(), ReadError>` takes four bytes too.

use core::{fmt, num::NonZero};

/// The kind of a [`ReadError`] or a [`WriteError`].
///
/// More kinds may be added, so a `match` needs a `_` arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The address cannot be read. The helper gives `EFAULT` (14) for an address that is not mapped
    /// and `ERANGE` (34) for one of another space, such as null (`mm/maccess.c`).
    Fault,
    /// The kernel does not let programs read its memory: `EPERM` (1), in lockdown mode.
    Denied,
    /// A list has more entries than the bound given to
    /// [`core_list_entries!`](crate::core_list_entries), or an array fewer elements than the index given to
    /// [`core_element_ptr!`](crate::core_element_ptr) asks for: `E2BIG` (7).
    TooLong,
    /// A value does not fit: a `#[core(bitfield)]` is read whose value is larger than the declared
    /// type, or written with a value that is larger than the kernel's field. `EOVERFLOW` (75).
    Overflow,
    /// The kernel has nothing to give the answer: its `pt_regs` has no such register
    /// ([`registers`](crate::registers)). `EOPNOTSUPP` (95).
    Unsupported,
    /// The program was built for another target than BPF, where there is no kernel to ask:
    /// `ENOSYS` (38).
    NotBpf,
    /// Another number.
    Other,
}

impl ErrorKind {
    const fn from_errno(errno: i32) -> Self {
        match errno {
            1 => Self::Denied,
            7 => Self::TooLong,
            14 | 34 => Self::Fault,
            38 => Self::NotBpf,
            75 => Self::Overflow,
            95 => Self::Unsupported,
            _ => Self::Other,
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Fault => "bad address",
            Self::Denied => "not permitted",
            Self::TooLong => "past the bound",
            Self::Overflow => "the value does not fit",
            Self::Unsupported => "not supported on this kernel",
            Self::NotBpf => "not a BPF program",
            Self::Other => "unknown error",
        }
    }
}

macro_rules! errors {
    ($($(#[$meta:meta])* $error:ident: $failed:literal;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $error {
            /// The error number, below 0.
            code: NonZero<i32>,
        }

        impl $error {
            pub(crate) const fn from_errno(errno: i32) -> Self {
                match NonZero::new(-errno) {
                    Some(code) => Self { code },
                    None => panic!("an error number is not 0"),
                }
            }

            /// The error number, above 0: `EFAULT` is 14 (`errno-base.h`).
            #[inline(always)]
            pub const fn errno(self) -> i32 {
                -self.code.get()
            }

            /// The kind that the error number stands for.
            #[inline(always)]
            pub const fn kind(self) -> ErrorKind {
                ErrorKind::from_errno(self.errno())
            }
        }

        /// The negative error number, as a helper or a function of the kernel gives it.
        impl From<$error> for i32 {
            #[inline(always)]
            fn from(error: $error) -> Self {
                bounded(error.code.get())
            }
        }

        /// The negative error number, as a helper or a function of the kernel gives it.
        impl From<$error> for i64 {
            #[inline(always)]
            fn from(error: $error) -> Self {
                bounded(error.code.get()).into()
            }
        }

        /// The same number without a sign, as the programs of aya's template return it.
        impl From<$error> for u32 {
            #[inline(always)]
            fn from(error: $error) -> Self {
                bounded(error.code.get()).cast_unsigned()
            }
        }

        impl fmt::Debug for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let (kind, errno) = (self.kind(), self.errno());
                write!(f, "{}({kind:?}, errno {errno})", stringify!($error))
            }
        }

        impl fmt::Display for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let (text, errno) = (self.kind().text(), self.errno());
                write!(f, "{}: {text} (errno {errno})", $failed)
            }
        }

        impl core::error::Error for $error {}
    )*};
}

/// The same number, such that the verifier knows its bounds too: a program of a hook that gives an errno may return
/// no other number (Linux 6.12, `bpf_lsm_get_retval_range`), and what a helper returns has no bounds.
#[inline(always)]
const fn bounded(code: i32) -> i32 {
    const MAX_ERRNO: i32 = 4095;
    let code = if code < -MAX_ERRNO { -MAX_ERRNO } else { code };
    if code > -1 { -1 } else { code }
}

errors! {
    /// A read failed.
    ///
    /// It holds the error number that the helper gave, or one of this crate: [`ErrorKind`] lists
    /// them. It converts to the negative number, so that `?` also works in a function that returns
    /// `Result<_, i64>`, `Result<_, i32>` or `Result<_, u32>`:
    ///
    /// ```
    /// use bpf_core::{CoreStruct, ErrorKind, core_read};
    ///
    /// #[derive(CoreStruct)]
    /// struct task_struct {
    ///     tgid: i32,
    /// }
    ///
    /// fn tgid(task: *const task_struct) -> Result<i32, i64> {
    ///     Ok(core_read!(task, tgid)?)
    /// }
    ///
    /// // On a host there is no kernel to read from.
    /// let task = core::ptr::null::<task_struct>();
    /// assert_eq!(tgid(task), Err(-38));
    /// assert_eq!(core_read!(task, tgid).unwrap_err().kind(), ErrorKind::NotBpf);
    /// ```
    #[must_use = "a failed read has no value: handle it, or pass it on with `?`"]
    ReadError: "read failed";

    /// A write failed: the kernel's field cannot hold the value ([`ErrorKind::Overflow`]), which
    /// only a `#[core(bitfield)]` can be too narrow for, or the program was not built for BPF.
    ///
    /// It converts to the negative error number, as [`ReadError`] does.
    #[must_use = "nothing was written: handle it, or pass it on with `?`"]
    WriteError: "write failed";
}

impl ReadError {
    pub(crate) const TOO_LONG: Self = Self::from_errno(7);
    pub(crate) const UNSUPPORTED: Self = Self::from_errno(95);

    /// The error that a helper returned.
    ///
    /// # Safety
    /// As for [`Code::from_helper`].
    #[inline(always)]
    pub(crate) const unsafe fn from_helper(code: i64) -> Self {
        // SAFETY: the low half of such a number is the number, and not 0.
        let code = unsafe { NonZero::new_unchecked(code as i32) };
        Self { code }
    }
}

/// The error number as a helper gives it, below 0. A read carries it up to its end, where it becomes
/// a [`ReadError`].
///
/// It is as large as a register: LLVM joins the parts of a result that fits into one register, and
/// would do so after each step of a read.
#[derive(Clone, Copy)]
pub struct Code(i64);

impl Code {
    pub(crate) const TOO_LONG: Self = Self(-7);
    pub(crate) const FAULT: Self = Self(-14);
    pub(crate) const NOT_BPF: Self = Self(-38);
    pub(crate) const OVERFLOW: Self = Self(-75);
    pub(crate) const UNSUPPORTED: Self = Self(-95);

    /// The error that a helper returned.
    ///
    /// # Safety
    /// `code` is below 0 and not below -4095 (`MAX_ERRNO` in `include/linux/err.h`).
    #[inline(always)]
    pub(crate) const unsafe fn from_helper(code: i64) -> Self {
        Self(code)
    }
}

impl Code {
    /// What the user gets.
    #[inline(always)]
    pub(crate) const fn error(self) -> ReadError {
        // SAFETY: the number came from a helper, or is one of the above.
        unsafe { ReadError::from_helper(self.0) }
    }
}

/// The result that the user gets.
#[inline(always)]
pub(crate) fn checked<T>(result: Result<T, Code>) -> Result<T, ReadError> {
    match result {
        Ok(value) => Ok(value),
        Err(code) => Err(code.error()),
    }
}

impl From<Code> for ReadError {
    #[inline(always)]
    fn from(code: Code) -> Self {
        code.error()
    }
}

impl WriteError {
    pub(crate) const NOT_BPF: Self = Self::from_errno(38);
    pub(crate) const OVERFLOW: Self = Self::from_errno(75);
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::ToString;

    use super::*;

    #[test]
    fn a_result_is_two_registers_at_most() {
        assert_eq!(size_of::<Result<(), ReadError>>(), 4);
        assert_eq!(size_of::<Result<u32, ReadError>>(), 8);
        assert_eq!(size_of::<Result<Option<u32>, ReadError>>(), 8);
        assert_eq!(size_of::<Result<u64, ReadError>>(), 16);
        assert_eq!(size_of::<Result<*const u8, ReadError>>(), 16);
        assert_eq!(size_of::<Result<(), WriteError>>(), 4);
    }

    #[test]
    fn the_number_is_that_of_the_helper() {
        for errno in [1, 14, 34, 4095] {
            // SAFETY: such a number.
            let error = unsafe { Code::from_helper(-i64::from(errno)) };
            let error = ReadError::from(error);
            assert_eq!(error.errno(), errno);
            assert_eq!(i32::from(error), -errno);
            assert_eq!(i64::from(error), -i64::from(errno));
            assert_eq!(u32::from(error) as i32, -errno);
        }
        assert_eq!(i32::from(WriteError::OVERFLOW), -75);
        assert_eq!(i64::from(WriteError::NOT_BPF), -38);
    }

    #[test]
    fn a_number_has_a_kind_and_words() {
        let kinds = [
            (1, ErrorKind::Denied, "not permitted"),
            (7, ErrorKind::TooLong, "past the bound"),
            (14, ErrorKind::Fault, "bad address"),
            (34, ErrorKind::Fault, "bad address"),
            (38, ErrorKind::NotBpf, "not a BPF program"),
            (75, ErrorKind::Overflow, "the value does not fit"),
            (95, ErrorKind::Unsupported, "not supported on this kernel"),
            (22, ErrorKind::Other, "unknown error"),
        ];
        for (errno, kind, words) in kinds {
            let error = ReadError::from_errno(errno);
            assert_eq!(error.kind(), kind);
            assert_eq!(
                error.to_string(),
                std::format!("read failed: {words} (errno {errno})")
            );
        }
        assert_eq!(
            WriteError::OVERFLOW.to_string(),
            "write failed: the value does not fit (errno 75)"
        );
        assert_eq!(
            std::format!("{:?}", ReadError::from_errno(14)),
            "ReadError(Fault, errno 14)"
        );
    }
}
