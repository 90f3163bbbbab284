//! Reading a value, whatever its type.
#![expect(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "a helper reads the address, and fails where none is"
)]

use core::mem::MaybeUninit;

use crate::{
    error::ReadError,
    path::{Member, Path},
    probe,
    record::Field,
    relocation,
    types::{CoreType, Plain},
};

/// A type that a field can be read as.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read as a whole",
    label = "not readable as a whole",
    note = "read a part of it: `.field` of a struct or union, `[0]` of an array",
    note = "a union, a flexible array, and a struct with an optional field or a function pointer have no \
            value of their own"
)]
pub trait Read: CoreType {
    /// What a read gives.
    type Value;

    /// The value at the end of `P` in the record at `base`; `field` is its address.
    fn read<P: Path>(base: *const u8, field: *const u8) -> Result<Self::Value, ReadError>;

    /// The same, written to `dst`. A failed read may have written zeros.
    #[inline(always)]
    fn read_into<P: Path>(
        base: *const u8,
        field: *const u8,
        dst: &mut Self::Value,
    ) -> Result<(), ReadError> {
        *dst = Self::read::<P>(base, field)?;
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Plain + CoreType> Read for T {
    type Value = T;

    #[inline(always)]
    fn read<P: Path>(_base: *const u8, field: *const u8) -> Result<T, ReadError> {
        plain(field)
    }

    #[inline(always)]
    fn read_into<P: Path>(
        _base: *const u8,
        field: *const u8,
        dst: &mut T,
    ) -> Result<(), ReadError> {
        // SAFETY: `dst` has room for a `T`, and every bit pattern is one.
        unsafe { probe::read_kernel((&raw mut *dst).cast(), size_of::<T>(), field) }
    }
}

#[diagnostic::do_not_recommend]
impl Read for bool {
    type Value = bool;

    #[inline(always)]
    fn read<P: Path>(_base: *const u8, field: *const u8) -> Result<bool, ReadError> {
        Ok(plain::<u8>(field)? != 0)
    }
}

/// The value at a kernel address.
#[inline(always)]
pub fn plain<T: Plain>(address: *const u8) -> Result<T, ReadError> {
    let mut value = MaybeUninit::<T>::uninit();
    // SAFETY: `value` has room for a `T`.
    unsafe { probe::read_kernel(value.as_mut_ptr().cast(), size_of::<T>(), address) }?;
    // SAFETY: the helper filled it, and every bit pattern is a `T`.
    Ok(unsafe { value.assume_init() })
}

/// Field `N` of the record `S` at the end of `P`, through a relocation of its own: what
/// a derived `Read` of a whole struct is made of.
#[inline(always)]
pub fn member<P: Path, S: Field<N, Type: Read>, const N: usize>(
    base: *const u8,
) -> Result<<S::Type as Read>::Value, ReadError> {
    let field = relocation::field_ptr::<Member<P, S, N>>(base);
    <S::Type as Read>::read::<Member<P, S, N>>(base, field)
}
