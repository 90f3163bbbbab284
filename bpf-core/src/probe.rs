//! Reads without a path: an address and what is there. Nothing of it is relocated, so it is
//! for arguments and buffers, and for what a relocated read has found.

use crate::{
    error::ReadError,
    plain::{Plain, PlainData},
    pointer::user::UserPtr,
    space::{Address, Kernel, Space, User},
    string::{self, Character},
};

/// The value at a kernel address: `bpf_probe_read_kernel`.
#[inline(always)]
pub fn probe_read_kernel<T: Plain>(address: *const T) -> Result<T, ReadError> {
    Ok(Kernel::value::<T>(address.cast())?)
}

/// The value at a user address: `bpf_probe_read_user`.
#[inline(always)]
pub fn probe_read_user<T: PlainData>(address: UserPtr<T>) -> Result<T, ReadError> {
    Ok(User::value::<T>(Address::of_user(address).raw())?)
}

/// The string at a kernel address, cut at the length of `dst`, without its NUL:
/// `bpf_probe_read_kernel_str`.
#[inline(always)]
pub fn probe_read_kernel_str<C: Character>(
    dst: &mut [u8],
    address: *const C,
) -> Result<&[u8], ReadError> {
    Ok(string::copy::<Kernel>(dst, address.cast())?)
}

/// The string at a user address, cut at the length of `dst`, without its NUL:
/// `bpf_probe_read_user_str`.
#[inline(always)]
pub fn probe_read_user_str<C: Character>(
    dst: &mut [u8],
    address: UserPtr<C>,
) -> Result<&[u8], ReadError> {
    Ok(string::copy::<User>(dst, Address::of_user(address).raw())?)
}
