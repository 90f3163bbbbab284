//! Reading a value, whatever its type.

use core::hint::assert_unchecked;

use crate::{
    error::ReadError,
    path::{Member, Path},
    probe::plain,
    record::Field,
    relocation::{ByteSize, LshiftU64, RshiftU64, Signed, field_ptr, info},
    space::Space,
    types::{Bitfield, Bits, CoreType, Data, Integer, Plain},
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

    /// The value at the end of `P` in the record at `base`.
    fn read<P: Path>(base: *const u8) -> Result<Self::Value, ReadError>;

    /// The same, written to `dst`. A failed read may have written zeros.
    #[inline(always)]
    fn read_into<P: Path>(base: *const u8, dst: &mut Self::Value) -> Result<(), ReadError> {
        *dst = Self::read::<P>(base)?;
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<S: Space, T: Data + CoreType> Read<S> for T {
    type Value = T;

    #[inline(always)]
    fn read<P: Path>(base: *const u8) -> Result<T, ReadError> {
        plain::<S, T>(field_ptr::<P>(base))
    }

    #[inline(always)]
    fn read_into<P: Path>(base: *const u8, dst: &mut T) -> Result<(), ReadError> {
        let field = field_ptr::<P>(base);
        // SAFETY: `dst` has room for a `T`, and every bit pattern is one.
        unsafe { S::read((&raw mut *dst).cast(), size_of::<T>(), field) }
    }
}

#[diagnostic::do_not_recommend]
impl<S: Space> Read<S> for bool {
    type Value = bool;

    #[inline(always)]
    fn read<P: Path>(base: *const u8) -> Result<bool, ReadError> {
        Ok(plain::<S, u8>(field_ptr::<P>(base))? != 0)
    }
}

/// `BPF_CORE_READ_BITFIELD_PROBED` of libbpf: as many bytes as the kernel's field has, and
/// the bits of them that are its.
#[diagnostic::do_not_recommend]
impl<S: Space, T: Bits> Read<S> for Bitfield<T> {
    type Value = T;

    #[inline(always)]
    fn read<P: Path>(base: *const u8) -> Result<T, ReadError> {
        let size = info::<ByteSize, P>() as usize;
        if size > size_of::<u64>() {
            return Err(ReadError::TOO_LARGE);
        }
        let mut word = 0u64;
        let at = match cfg!(target_endian = "little") {
            true => 0,
            false => size_of::<u64>() - size,
        };
        // SAFETY: `size` bytes from `at` are in `word`.
        unsafe {
            S::read(
                (&raw mut word).cast::<u8>().add(at),
                size,
                field_ptr::<P>(base),
            )
        }?;
        let (left, right) = (info::<LshiftU64, P>(), info::<RshiftU64, P>());
        // SAFETY: a field has at least one of the 64 bits.
        unsafe { assert_unchecked(left < 64 && right < 64) };
        let word = word << left;
        let bits = match info::<Signed, P>() {
            0 => word >> right,
            _ => (word as i64 >> right) as u64,
        };
        T::of_bits(bits).ok_or(ReadError::TOO_LARGE)
    }
}

// A pointer that was found in user memory is one of user memory, however it is declared.
macro_rules! pointers {
    ($($pointer:ty => $value:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: Space<$value<T>: Plain>, T> Read<S> for $pointer {
            type Value = S::$value<T>;

            #[inline(always)]
            fn read<P: Path>(base: *const u8) -> Result<Self::Value, ReadError> {
                plain::<S, S::$value<T>>(field_ptr::<P>(base))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S: Space<$value<T>: Plain>, T, const N: usize> Read<S> for [$pointer; N] {
            type Value = [S::$value<T>; N];

            #[inline(always)]
            fn read<P: Path>(base: *const u8) -> Result<Self::Value, ReadError> {
                plain::<S, [S::$value<T>; N]>(field_ptr::<P>(base))
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
    <R::Type as Read<S>>::read::<Member<P, R, N>>(base)
}

/// The integer that holds an enum: what its derived `Read` is.
#[inline(always)]
pub fn repr<S: Space, P: Path, I: Integer>(base: *const u8) -> Result<I, ReadError> {
    plain::<S, I>(field_ptr::<P>(base))
}
