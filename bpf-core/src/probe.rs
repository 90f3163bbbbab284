//! The helpers that read kernel memory (`include/uapi/linux/bpf.h`). Any address may
//! be given to them: they fail on one that is not mapped.

use crate::error::ReadError;

/// Fills `len` bytes at `dst` from the kernel address `src`.
///
/// # Safety
/// `dst` is valid for writes of `len` bytes.
#[inline(always)]
pub(crate) unsafe fn read_kernel(
    dst: *mut u8,
    len: usize,
    src: *const u8,
) -> Result<(), ReadError> {
    // SAFETY: as the caller's.
    match unsafe { helper::probe_read_kernel(dst, len as u32, src) } {
        0 => Ok(()),
        code => Err(ReadError::new(code)),
    }
}

/// Copies the string at the kernel address `src` to `dst`, cut at `len` bytes. Gives
/// the bytes written, with the NUL that ends them.
///
/// # Safety
/// `dst` is valid for writes of `len` bytes.
#[inline(always)]
pub(crate) unsafe fn read_kernel_str(
    dst: *mut u8,
    len: usize,
    src: *const u8,
) -> Result<usize, ReadError> {
    // SAFETY: as the caller's.
    match unsafe { helper::probe_read_kernel_str(dst, len as u32, src) } {
        code if code < 0 => Err(ReadError::new(code)),
        written => Ok(written as usize),
    }
}

#[cfg(target_arch = "bpf")]
mod helper {
    macro_rules! helpers {
        ($($name:ident = $number:literal;)*) => {$(
            #[inline(always)]
            pub(super) unsafe fn $name(dst: *mut u8, len: u32, src: *const u8) -> i64 {
                // SAFETY: a call of a constant address is a helper call in BPF, and
                // its number is the address.
                let helper: unsafe extern "C" fn(*mut u8, u32, *const u8) -> i64 =
                    unsafe { core::mem::transmute($number as usize) };
                // SAFETY: as the caller's.
                unsafe { helper(dst, len, src) }
            }
        )*};
    }

    helpers! {
        probe_read_kernel = 113;
        probe_read_kernel_str = 115;
    }
}

#[cfg(not(target_arch = "bpf"))]
mod helper {
    const ENOSYS: i64 = -38;

    pub(super) unsafe fn probe_read_kernel(_dst: *mut u8, _len: u32, _src: *const u8) -> i64 {
        ENOSYS
    }

    pub(super) unsafe fn probe_read_kernel_str(_dst: *mut u8, _len: u32, _src: *const u8) -> i64 {
        ENOSYS
    }
}
