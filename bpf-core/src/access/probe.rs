//! Reads of an address, without a path and without a relocation: for arguments, for buffers, and for
//! addresses that a relocated read has given.

use crate::{
    access::string::{self, Character},
    error::ReadError,
    pointer::{
        space::{self, Address, Kernel, User},
        user::UserPtr,
    },
    types::plain::{Plain, PlainData},
};

/// The value at a kernel address. In C: `bpf_probe_read_kernel`.
///
/// The layout of `T` is that of the declaration: for a struct of the kernel use
/// [`core_read!`](crate::core_read).
///
/// # Errors
/// The errno of the helper, such as `EFAULT`.
///
/// # Example
///
/// ```
/// use bpf_core::{ReadError, probe_read_kernel};
///
/// /// `jiffies_64` is not in a struct: a loader hands its address over.
/// fn jiffies(address: *const u64) -> Result<u64, ReadError> {
///     probe_read_kernel(address)
/// }
///
/// // On a host there is no kernel to read from: `ENOSYS`.
/// assert_eq!(jiffies(core::ptr::null()).unwrap_err().errno(), 38);
/// ```
#[inline(always)]
pub fn probe_read_kernel<T: Plain>(address: *const T) -> Result<T, ReadError> {
    Ok(space::copy::<Kernel, T>(address.cast())?)
}

/// The value at a user address. In C: `bpf_probe_read_user`.
///
/// # Errors
/// The errno of the helper, such as `EFAULT`.
///
/// # Example
///
/// ```
/// use bpf_core::{Plain, ReadError, UserPtr, probe_read_user};
///
/// /// `include/uapi/linux/openat2.h`
/// #[derive(Clone, Copy, Plain)]
/// #[repr(C)]
/// struct open_how {
///     flags: u64,
///     mode: u64,
///     resolve: u64,
/// }
///
/// /// The flags that a process gave to `openat2`.
/// fn flags(how: UserPtr<open_how>) -> Result<u64, ReadError> {
///     Ok(probe_read_user(how)?.flags)
/// }
///
/// assert!(flags(UserPtr::new(0)).is_err());
/// ```
#[inline(always)]
pub fn probe_read_user<T: PlainData>(address: UserPtr<T>) -> Result<T, ReadError> {
    Ok(space::copy::<User, T>(Address::of_user(address).raw())?)
}

/// The string at a kernel address, copied to `dst` and cut at its length. In C:
/// `bpf_probe_read_kernel_str`.
///
/// Gives the part of `dst` that holds the string, without the NUL.
///
/// # Errors
/// The errno of the helper, such as `EFAULT`. An empty string is no error.
///
/// # Example
///
/// ```
/// use bpf_core::{ReadError, probe_read_kernel_str};
///
/// fn is_bash(name: *const u8) -> Result<bool, ReadError> {
///     let mut buf = [0; 16];
///     Ok(probe_read_kernel_str(&mut buf, name)? == b"bash")
/// }
///
/// assert!(is_bash(core::ptr::null()).is_err());
/// ```
#[inline(always)]
pub fn probe_read_kernel_str<C: Character>(
    dst: &mut [u8],
    address: *const C,
) -> Result<&[u8], ReadError> {
    Ok(string::copy::<Kernel>(dst, address.cast())?)
}

/// The string at a user address, copied to `dst` and cut at its length. In C:
/// `bpf_probe_read_user_str`.
///
/// Gives the part of `dst` that holds the string, without the NUL.
///
/// # Errors
/// The errno of the helper, such as `EFAULT`. An empty string is no error.
///
/// # Example
///
/// ```
/// use bpf_core::{ReadError, UserPtr, probe_read_user_str};
///
/// /// Whether a process opens a file in `/etc`.
/// fn is_in_etc(path: UserPtr<u8>) -> Result<bool, ReadError> {
///     let mut buf = [0; 64];
///     Ok(probe_read_user_str(&mut buf, path)?.starts_with(b"/etc/"))
/// }
///
/// assert!(is_in_etc(UserPtr::new(0)).is_err());
/// ```
#[inline(always)]
pub fn probe_read_user_str<C: Character>(
    dst: &mut [u8],
    address: UserPtr<C>,
) -> Result<&[u8], ReadError> {
    Ok(string::copy::<User>(dst, Address::of_user(address).raw())?)
}
