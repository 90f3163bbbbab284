//! Reading a value, whatever its type.

use core::hint::assert_unchecked;

use crate::{
    error::ReadError,
    path::{Member, Path},
    record::Field,
    relocation::{LshiftU64, RshiftU64, Signed, field_ptr, info},
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
        S::value::<T>(field_ptr::<P>(base))
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
        Ok(S::value::<u8>(field_ptr::<P>(base))? != 0)
    }
}

/// `BPF_CORE_READ_BITFIELD_PROBED` of libbpf: as many bytes as the kernel's field has, and
/// the bits of them that are its.
#[diagnostic::do_not_recommend]
impl<S: Space, T: Bits> Read<S> for Bitfield<T> {
    type Value = T;

    #[inline(always)]
    fn read<P: Path>(base: *const u8) -> Result<T, ReadError> {
        let word = S::bytes::<P>(base)?;
        let (left, right) = (info::<LshiftU64, P>(), info::<RshiftU64, P>());
        // SAFETY: a field has at least one of the 64 bits.
        unsafe { assert_unchecked(left < 64 && right < 64) };
        let bits = shifted(word, left, right, info::<Signed, P>() != 0);
        T::of_bits(bits).ok_or(ReadError::OVERFLOW)
    }
}

/// The bits that are left of `word`, extended by zeros or by the sign.
#[inline(always)]
const fn shifted(word: u64, left: u64, right: u64, signed: bool) -> u64 {
    let word = word << left;
    match signed {
        true => (word as i64 >> right) as u64,
        false => word >> right,
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
                S::value::<S::$value<T>>(field_ptr::<P>(base))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S: Space<$value<T>: Plain>, T, const N: usize> Read<S> for [$pointer; N] {
            type Value = [S::$value<T>; N];

            #[inline(always)]
            fn read<P: Path>(base: *const u8) -> Result<Self::Value, ReadError> {
                S::value::<[S::$value<T>; N]>(field_ptr::<P>(base))
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
    S::value::<I>(field_ptr::<P>(base))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::low_end;

    fn read(memory: &[u8], big_endian: bool, left: u64, right: u64, signed: bool) -> u64 {
        let mut bytes = [0; 8];
        let at = low_end(memory.len(), big_endian);
        bytes[at..at + memory.len()].copy_from_slice(memory);
        let word = match big_endian {
            true => u64::from_be_bytes(bytes),
            false => u64::from_le_bytes(bytes),
        };
        shifted(word, left, right, signed)
    }

    /// The shifts are those of `bpf_core_calc_field_relo` in libbpf, which counts the bits of a
    /// bit-field from the top where the byte order is big.
    #[test]
    fn bit_fields_in_both_byte_orders() {
        // 3 bits, 13 bits, 9 bits and 7 bits of an `unsigned int`.
        let little = [0xb5, 0xce, 0x96, 0x67];
        let big = [0xb9, 0xd6, 0xcb, 0x33];
        let fields = [
            (3, [61, 32], 0b101),
            (13, [48, 35], 0b1_1001_1101_0110),
            (9, [39, 48], 0b1_1001_0110),
            (7, [32, 57], 0b011_0011),
        ];
        for (size, [left_in_little, left_in_big], value) in fields {
            let right = 64 - size;
            assert_eq!(read(&little, false, left_in_little, right, false), value);
            assert_eq!(read(&big, true, left_in_big, right, false), value);
        }
    }

    #[test]
    fn integers_in_both_byte_orders() {
        for (big_endian, minus_two) in [(true, [0xff, 0xfe]), (false, [0xfe, 0xff])] {
            assert_eq!(read(&minus_two, big_endian, 48, 48, false), 0xfffe);
            assert_eq!(read(&minus_two, big_endian, 48, 48, true) as i64, -2);
        }
        assert_eq!(read(&[7], true, 56, 56, true), 7);
        let memory = [1, 2, 3, 4, 5, 6, 7, 8];
        assert_eq!(read(&memory, true, 0, 0, false), 0x0102_0304_0506_0708);
        assert_eq!(read(&memory, false, 0, 0, false), 0x0807_0605_0403_0201);
    }
}
