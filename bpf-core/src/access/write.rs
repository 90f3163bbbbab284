//! Writes to a field of a kernel struct: the work of `core_write!`.

use core::hint::assert_unchecked;

use crate::{
    contract::relocation::{ByteSize, LshiftU64, RshiftU64, Signed, info},
    error::WriteError,
    path::{
        Path, field_exists, field_ptr,
        place::{Place, PresenceOf},
        presence::Presence,
    },
    pointer::{
        space::Address,
        trusted::{BaseMut, Trusted, whole},
    },
    types::{Bitfield, Bits, CoreType},
};

/// A type that a field can be written as.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written",
    label = "not writable",
    note = "an integer, a `bool`, an enum and a bit-field can"
)]
pub trait Write: CoreType {
    /// The type of the value.
    type Value;

    /// Puts `value` at the end of `P` in the record at `base`.
    fn write<P: Path>(base: *mut u8, value: Self::Value) -> Result<(), WriteError>;
}

macro_rules! registers {
    ($($int:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Write for $int {
            type Value = Self;

            #[inline(always)]
            fn write<P: Path>(base: *mut u8, value: Self) -> Result<(), WriteError> {
                store::<P, Self>(base, value)
            }
        }
    )*};
}

registers!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize bool);

/// One store, whose offset is relocated.
#[inline(always)]
pub fn store<P: Path, T>(base: *mut u8, value: T) -> Result<(), WriteError> {
    let field = field_ptr::<P>(base).cast_mut().cast::<T>();
    if cfg!(not(target_arch = "bpf")) {
        return Err(WriteError::NOT_BPF);
    }
    // SAFETY: the kernel's struct is there and may be written, which the verifier checks.
    unsafe { field.write(value) };
    Ok(())
}

/// `BPF_CORE_WRITE_BITFIELD` of libbpf, which cuts a value that the bits cannot hold.
#[diagnostic::do_not_recommend]
impl<T: Bits> Write for Bitfield<T> {
    type Value = T;

    #[inline(always)]
    fn write<P: Path>(base: *mut u8, value: T) -> Result<(), WriteError> {
        if cfg!(not(target_arch = "bpf")) {
            return Err(WriteError::NOT_BPF);
        }
        let bits = value.to_bits();
        let (left, right) = (info::<LshiftU64, P>(), info::<RshiftU64, P>());
        // SAFETY: a field has at least one of the 64 bits, and none above the top.
        unsafe { assert_unchecked(left <= right && right < 64) };
        let kept = match info::<Signed, P>() {
            0 => bits << right >> right,
            _ => ((bits << right) as i64 >> right) as u64,
        };
        if kept != bits {
            return Err(WriteError::OVERFLOW);
        }
        let (mask, placed) = placed(bits, left, right);
        let field = whole::<P>(base).cast_mut();
        macro_rules! sized {
            ($int:ident) => {{
                let field = field.cast::<$int>();
                // SAFETY: as in `store`.
                unsafe { field.write(field.read() & !(mask as $int) | placed as $int) };
            }};
        }
        match info::<ByteSize, P>() {
            1 => sized!(u8),
            2 => sized!(u16),
            4 => sized!(u32),
            8 => sized!(u64),
            _ => return Err(WriteError::OVERFLOW),
        }
        Ok(())
    }
}

/// Which bits of a word a field has, and `bits` there: `left` and `right` are the shifts by which the
/// field would be read.
#[inline(always)]
const fn placed(bits: u64, left: u64, right: u64) -> (u64, u64) {
    let mask = u64::MAX << right >> left;
    (mask, bits << (right - left) & mask)
}

/// The address that a write starts from.
#[inline(always)]
pub fn base_mut<B, R>(pointer: B) -> Address<Trusted, R>
where
    B: BaseMut<Record = R>,
{
    pointer.address()
}

/// Writes `value` to the field at `place`, if the kernel has the field.
#[inline(always)]
pub fn write<L: Place, T, V>(
    base: Address<Trusted, T>,
    _place: &L,
    value: V,
) -> Result<<PresenceOf<L> as Presence>::Out<()>, WriteError>
where
    L::Type: Write<Value = V>,
{
    match PresenceOf::<L>::is_there(field_exists::<L::Path>) {
        true => {
            L::Type::write::<L::Path>(base.raw().cast_mut(), value).map(PresenceOf::<L>::present)
        }
        false => Ok(PresenceOf::<L>::absent()),
    }
}

#[cfg(test)]
mod tests {
    use super::placed;

    /// The shifts are those of `bpf_core_calc_field_relo` in libbpf for 3, 13, 9 and 7 bits of an
    /// `unsigned int`, in both byte orders.
    #[test]
    fn the_bits_of_others_stay() {
        for lefts in [[61, 48, 39, 32], [32, 35, 48, 57]] {
            for (left, size) in lefts.into_iter().zip([3, 13, 9, 7]) {
                let right = 64 - size;
                for bits in [0, 1, (1 << size) - 1, 0x1555 & ((1 << size) - 1)] {
                    let (mask, placed) = placed(bits, left, right);
                    assert_eq!(placed << left >> right, bits);
                    assert_eq!(placed & !mask, 0);
                    assert_eq!((u64::from(mask.count_ones()), mask >> 32), (size, 0));
                }
            }
        }
    }

    #[test]
    fn of_a_signed_field_the_sign_goes_no_further() {
        // -2 as three bits, from the fourth bit on.
        assert_eq!(placed(-2_i64 as u64, 58, 61), (0b11_1000, 0b11_0000));
        assert_eq!(placed(7, 0, 0), (u64::MAX, 7));
    }
}
