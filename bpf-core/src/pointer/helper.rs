//! The helpers of the kernel that this crate calls (`include/uapi/linux/bpf.h`).

macro_rules! helpers {
    ($(
        $(#[$doc:meta])*
        $name:ident = $number:literal: fn($($arg:ident: $ty:ty),*) -> $result:ty, else $host:expr;
    )*) => {$(
        $(#[$doc])*
        #[cfg(target_arch = "bpf")]
        #[inline(always)]
        pub(crate) unsafe fn $name($($arg: $ty),*) -> $result {
            // SAFETY: a call of a constant address is a helper call in BPF, and its number is the
            // address.
            let helper: unsafe extern "C" fn($($ty),*) -> $result =
                unsafe { core::mem::transmute($number as usize) };
            // SAFETY: as the caller's.
            unsafe { helper($($arg),*) }
        }

        #[cfg(not(target_arch = "bpf"))]
        pub(crate) unsafe fn $name($(_: $ty),*) -> $result {
            $host
        }
    )*};
}

#[cfg(not(target_arch = "bpf"))]
const ENOSYS: i64 = -38;

helpers! {
    /// # Safety
    /// `dst` is valid for writes of `len` bytes.
    probe_read_user = 112: fn(dst: *mut u8, len: u32, src: *const u8) -> i64, else ENOSYS;

    /// # Safety
    /// `dst` is valid for writes of `len` bytes.
    probe_read_kernel = 113: fn(dst: *mut u8, len: u32, src: *const u8) -> i64, else ENOSYS;

    /// # Safety
    /// `dst` is valid for writes of `len` bytes.
    probe_read_user_str = 114: fn(dst: *mut u8, len: u32, src: *const u8) -> i64, else ENOSYS;

    /// # Safety
    /// `dst` is valid for writes of `len` bytes.
    probe_read_kernel_str = 115: fn(dst: *mut u8, len: u32, src: *const u8) -> i64, else ENOSYS;

    /// # Safety
    /// None: it takes nothing.
    get_current_task_btf = 158: fn() -> *const u8, else core::ptr::null();
}
