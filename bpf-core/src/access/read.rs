//! Reads of a value, for each type that a field may have.

use core::{hint::assert_unchecked, mem::MaybeUninit};

use crate::{
    contract::relocation::{ByteSize, Kind, LshiftU64, RshiftI64, RshiftU64, Signed, info},
    error::{Code, ReadError, checked},
    path::{Path, field_ptr},
    pointer::{space::Space, user::UserPtr},
    types::{
        Bitfield, Bits, CoreType, Extended, Integer,
        plain::{Plain, PlainData},
    },
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
    fn read<P: Path>(base: *const u8) -> Result<Self::Value, Code>;

    /// The same, with the error that the user gets.
    #[inline(always)]
    fn field<P: Path>(base: *const u8) -> Result<Self::Value, ReadError> {
        checked(Self::read::<P>(base))
    }

    /// The same, written to `dst`. A failed read may have written zeros.
    #[inline(always)]
    fn read_into<P: Path>(base: *const u8, dst: &mut Self::Value) -> Result<(), Code> {
        *dst = Self::read::<P>(base)?;
        Ok(())
    }
}

macro_rules! scalars {
    ($($scalar:ty $(, $t:ident)?;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: Space $(, $t)?> Read<S> for $scalar {
            type Value = Self;

            #[inline(always)]
            fn read<P: Path>(base: *const u8) -> Result<Self, Code> {
                S::value::<Self>((P::FIELD_PTR)(base))
            }

            #[inline(always)]
            fn field<P: Path>(base: *const u8) -> Result<Self, ReadError> {
                S::checked_value::<Self>((P::FIELD_PTR)(base))
            }

            #[inline(always)]
            fn read_into<P: Path>(base: *const u8, dst: &mut Self) -> Result<(), Code> {
                bytes_into::<S, Self>(field_ptr::<P>(base), dst)
            }
        }
    )*};
}

scalars! {
    u8; u16; u32; u64; u128; usize; i8; i16; i32; i64; i128; isize; UserPtr<T>, T;
}

#[diagnostic::do_not_recommend]
impl<S: Space, T: PlainData + CoreType, const N: usize> Read<S> for [T; N] {
    type Value = Self;

    #[inline(always)]
    fn read<P: Path>(base: *const u8) -> Result<Self, Code> {
        plain_value::<S, P, Self>(base)
    }

    #[inline(always)]
    fn read_into<P: Path>(base: *const u8, dst: &mut Self) -> Result<(), Code> {
        plain_into::<S, P, Self>(base, dst)
    }
}

/// A type with `#[derive(Plain)]` that stands for its only field: what its derived `Read` does.
#[inline(always)]
pub fn plain_value<S: Space, P: Path, T: PlainData>(base: *const u8) -> Result<T, Code> {
    S::value::<T>(held::<P, T>(base)?)
}

/// A struct with `#[derive(Plain)]`: what its derived `Read` does.
#[inline(always)]
pub fn plain_struct<S: Space, P: Path, T: PlainData>(base: *const u8) -> Result<T, Code> {
    let field = held::<P, T>(base)?;
    let mut value = MaybeUninit::<T>::uninit();
    // By the helper in every space: loaders refuse a load of a struct that has the size of a
    // register.
    // SAFETY: `value` has room for a `T`.
    unsafe { S::read(value.as_mut_ptr().cast(), size_of::<T>(), field) }?;
    // SAFETY: the helper filled it, and every bit pattern is a `T`.
    Ok(unsafe { value.assume_init() })
}

/// The same, written to `dst`.
#[inline(always)]
pub fn plain_into<S: Space, P: Path, T: PlainData>(
    base: *const u8,
    dst: &mut T,
) -> Result<(), Code> {
    bytes_into::<S, T>(held::<P, T>(base)?, dst)
}

/// The address of a field, if the kernel's is as large as a `T` has to find it.
#[inline(always)]
fn held<P: Path, T: PlainData>(base: *const u8) -> Result<*const u8, Code> {
    // Where there is no kernel, the read itself says so.
    let held = cfg!(not(target_arch = "bpf")) || T::is_held_in(|| info::<ByteSize, P>() as usize);
    match held {
        true => Ok(field_ptr::<P>(base)),
        false => Err(Code::UNSUPPORTED),
    }
}

/// Copies a `T` from `src`.
#[inline(always)]
fn bytes_into<S: Space, T: Plain>(src: *const u8, dst: &mut T) -> Result<(), Code> {
    // SAFETY: `dst` has room for a `T`, and every bit pattern is one.
    unsafe { S::read((&raw mut *dst).cast(), size_of::<T>(), src) }
}

#[diagnostic::do_not_recommend]
impl<S: Space> Read<S> for bool {
    type Value = bool;

    #[inline(always)]
    fn read<P: Path>(base: *const u8) -> Result<bool, Code> {
        Ok(S::value::<u8>(field_ptr::<P>(base))? != 0)
    }
}

/// `BPF_CORE_READ_BITFIELD_PROBED` of libbpf: as many bytes as the kernel's field has, and
/// the bits of them that are its.
#[diagnostic::do_not_recommend]
impl<S: Space, T: Bits> Read<S> for Bitfield<T> {
    type Value = T;

    #[inline(always)]
    fn read<P: Path>(base: *const u8) -> Result<T, Code> {
        let bits = S::bytes::<P>(base)? << shift::<LshiftU64, P>();
        let is_signed = || info::<Signed, P>() != 0;
        let bits = match T::EXTENDED {
            Extended::NotAtAll => bits,
            // The verifier knows the first answer, and then does not look at both ways.
            Extended::ByZeros if is_signed() && (bits as i64) < 0 => return Err(Code::OVERFLOW),
            Extended::AsTheKernels if is_signed() => moved_with_sign(bits, shift::<RshiftI64, P>()),
            Extended::ByZeros | Extended::AsTheKernels => bits >> shift::<RshiftU64, P>(),
        };
        T::of_bits(bits).ok_or(Code::OVERFLOW)
    }
}

/// The bits at the top of `bits`, moved down and extended by the sign.
#[inline(always)]
const fn moved_with_sign(bits: u64, right: u64) -> u64 {
    (bits as i64 >> right) as u64
}

/// By how many bits a field is shifted.
#[inline(always)]
fn shift<K: Kind, P: Path>() -> u64 {
    let shift = info::<K, P>();
    // SAFETY: a field has at least one of the 64 bits.
    unsafe { assert_unchecked(shift < 64) };
    shift
}

// A pointer that was found in user memory is one of user memory, however it is declared.
macro_rules! pointers {
    ($($pointer:ty => $value:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: Space<$value<T>: Plain>, T> Read<S> for $pointer {
            type Value = S::$value<T>;

            #[inline(always)]
            fn read<P: Path>(base: *const u8) -> Result<Self::Value, Code> {
                S::value::<S::$value<T>>((P::FIELD_PTR)(base))
            }

            #[inline(always)]
            fn field<P: Path>(base: *const u8) -> Result<Self::Value, ReadError> {
                S::checked_value::<S::$value<T>>((P::FIELD_PTR)(base))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S: Space<$value<T>: Plain>, T, const N: usize> Read<S> for [$pointer; N] {
            type Value = [S::$value<T>; N];

            #[inline(always)]
            fn read<P: Path>(base: *const u8) -> Result<Self::Value, Code> {
                S::value::<[S::$value<T>; N]>(field_ptr::<P>(base))
            }
        }
    )*};
}

pointers! {
    *const T => Const;
    *mut T => Mut;
}

/// The integer that holds an enum: what its derived `Read` is.
#[inline(always)]
pub fn repr<S: Space, P: Path, I: Integer>(base: *const u8) -> Result<I, Code> {
    S::value::<I>(field_ptr::<P>(base))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pointer::space::low_end;

    fn read(memory: &[u8], big_endian: bool, left: u64, right: u64, signed: bool) -> u64 {
        let mut bytes = [0; 8];
        let at = low_end(memory.len(), big_endian);
        bytes[at..at + memory.len()].copy_from_slice(memory);
        let word = match big_endian {
            true => u64::from_be_bytes(bytes),
            false => u64::from_le_bytes(bytes),
        };
        match signed {
            true => moved_with_sign(word << left, right),
            false => word << left >> right,
        }
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
