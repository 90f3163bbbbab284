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
#[inline(always)]
pub fn probe_read_kernel<T: Plain>(address: *const T) -> Result<T, ReadError> {
    Ok(space::copy::<Kernel, T>(address.cast())?)
}

/// The value at a user address. In C: `bpf_probe_read_user`.
///
/// # Errors
/// The errno of the helper, such as `EFAULT`.
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
#[inline(always)]
pub fn probe_read_user_str<C: Character>(
    dst: &mut [u8],
    address: UserPtr<C>,
) -> Result<&[u8], ReadError> {
    Ok(string::copy::<User>(dst, Address::of_user(address).raw())?)
}
