//! Reading a value, whatever its type.
#![expect(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "a helper reads the address, and fails where none is"
)]

use crate::{
    error::ReadError,
    path::{Member, Path},
    probe::plain,
    record::Field,
    relocation,
    space::Space,
    types::{CoreType, Data, Integer, Plain},
};

/// A type that a field can be read as.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read as a whole",
    label = "not readable as a whole",
    note = "read a part of it: `.field` of a struct or union, `[0]` of an array",
    note = "a union, a flexible array, and a struct with an optional field or a function pointer have no \
            value of their own"
)]
pub trait Read<S: Space>: CoreType {
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
impl<S: Space, T: Data + CoreType> Read<S> for T {
    type Value = T;

    #[inline(always)]
    fn read<P: Path>(_base: *const u8, field: *const u8) -> Result<T, ReadError> {
        plain::<S, T>(field)
    }

    #[inline(always)]
    fn read_into<P: Path>(
        _base: *const u8,
        field: *const u8,
        dst: &mut T,
    ) -> Result<(), ReadError> {
        // SAFETY: `dst` has room for a `T`, and every bit pattern is one.
        unsafe { S::read((&raw mut *dst).cast(), size_of::<T>(), field) }
    }
}

#[diagnostic::do_not_recommend]
impl<S: Space> Read<S> for bool {
    type Value = bool;

    #[inline(always)]
    fn read<P: Path>(_base: *const u8, field: *const u8) -> Result<bool, ReadError> {
        Ok(plain::<S, u8>(field)? != 0)
    }
}

// A pointer that was found in user memory is one of user memory, however it is declared.
macro_rules! pointers {
    ($($pointer:ty => $value:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: Space<$value<T>: Plain>, T> Read<S> for $pointer {
            type Value = S::$value<T>;

            #[inline(always)]
            fn read<P: Path>(_base: *const u8, field: *const u8) -> Result<Self::Value, ReadError> {
                plain::<S, S::$value<T>>(field)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S: Space<$value<T>: Plain>, T, const N: usize> Read<S> for [$pointer; N] {
            type Value = [S::$value<T>; N];

            #[inline(always)]
            fn read<P: Path>(_base: *const u8, field: *const u8) -> Result<Self::Value, ReadError> {
                plain::<S, [S::$value<T>; N]>(field)
            }
        }
    )*};
}

pointers! {
    *const T => Const;
    *mut T => Mut;
}

/// Field `N` of the record `R` at the end of `P`, through a relocation of its own: what a
/// derived `Read` of a whole struct is made of.
#[inline(always)]
pub fn member<S: Space, P: Path, R: Field<N, Type: Read<S>>, const N: usize>(
    base: *const u8,
) -> Result<<R::Type as Read<S>>::Value, ReadError> {
    let field = relocation::field_ptr::<Member<P, R, N>>(base);
    <R::Type as Read<S>>::read::<Member<P, R, N>>(base, field)
}

/// The integer that holds an enum: what its derived `Read` is.
#[inline(always)]
pub fn repr<S: Space, I: Integer>(field: *const u8) -> Result<I, ReadError> {
    plain::<S, I>(field)
}
