//! The types that a field may have, and what can be done with each.
//!
//! The derives implement these traits. A program names them where it is generic over a type of the
//! kernel.

// `do_not_recommend`, here and elsewhere: the note of a trait says what can stand there, better than
// a list of implementations.

pub(crate) mod comparison;
pub(crate) mod enumeration;
pub(crate) mod plain;
pub(crate) mod record;

pub use crate::{
    access::string::Character,
    path::place::Place,
    types::{comparison::Comparable, plain::PlainData},
};

use crate::{
    contract::{Piece, Text},
    path::{
        Path,
        place::{Array, FlexibleArray, Pointer, Scalar},
    },
    pointer::user::UserPtr,
    sealed::Sealed,
    types::plain::Plain,
};

/// A type that a kernel field may have: an integer, `bool`, a pointer to anything,
/// an array of these, or a type with one of the derives `CoreStruct`, `CoreEnum` and `Plain`.
#[diagnostic::on_unimplemented(
    message = "a kernel field cannot be of type `{Self}`",
    label = "not a type of a kernel field",
    note = "use an integer, `bool`, a raw pointer, an array of these, or a type with \
            `#[derive(CoreStruct)]`, `#[derive(CoreEnum)]` or `#[derive(Plain)]`"
)]
pub trait CoreType {
    /// The type in descriptors.
    #[doc(hidden)]
    const TYPE: Text;

    /// The place at the end of `P`.
    #[doc(hidden)]
    type At<P: Path>: Place<Path = P, Type = Self>;
}

/// Nothing: the derive asks with it whether a field may have the type.
pub fn field_type<T: CoreType>() {}

/// A type that the kernel's BTF knows by a name: a `CoreStruct`, a `CoreEnum`, or a `Plain` struct.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type of the kernel",
    label = "`{Self}` has no name in the kernel's BTF",
    note = "write `#[derive(CoreStruct)]` or `#[derive(CoreEnum)]` above it"
)]
pub trait Named: CoreType {}

/// An integer that can hold an enum.
pub trait Integer: Plain + CoreType + Sealed {
    /// The low bits of what a relocation gives.
    #[doc(hidden)]
    fn of(value: u64) -> Self;
}

macro_rules! enum_integers {
    ($($int:ident)*) => {$(
        impl Integer for $int {
            #[inline(always)]
            fn of(value: u64) -> Self {
                value as $int
            }
        }
    )*};
}

enum_integers!(u8 u16 u32 u64 i8 i16 i32 i64);

macro_rules! integers {
    ($($int:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl CoreType for $int {
            const TYPE: Text = Text(&[Piece::Str(stringify!($int))]);
            type At<P: Path> = Scalar<P, Self>;
        }
    )*};
}

integers!(u8 u16 u32 u64 u128 i8 i16 i32 i64 i128);

#[diagnostic::do_not_recommend]
impl CoreType for bool {
    const TYPE: Text = Text(&[Piece::Str("bool")]);
    type At<P: Path> = Scalar<P, Self>;
}

// The programs are for 64-bit kernels: `long` of the kernel is 8 bytes.
macro_rules! word_sized {
    ($($int:ident as $as:literal)*) => {$(
        #[diagnostic::do_not_recommend]
        impl CoreType for $int {
            const TYPE: Text = Text(&[Piece::Str($as)]);
            type At<P: Path> = Scalar<P, Self>;
        }
    )*};
}

word_sized!(usize as "u64" isize as "i64");

macro_rules! pointers {
    ($($pointer:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T> CoreType for $pointer {
            const TYPE: Text = Text(&[Piece::Str("*void")]);
            type At<P: Path> = Pointer<P, Self, T>;
        }
    )*};
}

pointers!(*const T *mut T UserPtr<T>);

#[diagnostic::do_not_recommend]
impl<T: CoreType, const N: usize> CoreType for [T; N] {
    const TYPE: Text = Text(&[
        Piece::Str("["),
        Piece::Number(N as i128),
        Piece::Str("]"),
        Piece::Text(T::TYPE),
    ]);
    type At<P: Path> = Array<P, T, N>;
}

/// The type that the derive takes for a field of type `[T; 0]`: a flexible array.
#[doc(hidden)]
pub struct Flexible<T>(core::marker::PhantomData<T>);

#[diagnostic::do_not_recommend]
impl<T: CoreType> CoreType for Flexible<T> {
    const TYPE: Text = Text(&[Piece::Str("[0]"), Piece::Text(T::TYPE)]);
    type At<P: Path> = FlexibleArray<P, T>;
}

/// The type that the derive takes for C's `char` where it is compared: Rust's is an alias of
/// `i8` or `u8`, which are other types of C.
#[doc(hidden)]
pub struct CChar;

/// The type that the derive takes for a `#[core(bitfield)]` of type `T`: on one kernel or
/// another it is a bit-field, or an integer of another size.
#[doc(hidden)]
pub struct Bitfield<T>(core::marker::PhantomData<T>);

#[diagnostic::do_not_recommend]
impl<T: Bits> CoreType for Bitfield<T> {
    const TYPE: Text = T::TYPE;
    type At<P: Path> = Scalar<P, Self>;
}

/// What the bits of a bit-field can be.
#[diagnostic::on_unimplemented(
    message = "a bit-field cannot be of type `{Self}`",
    label = "not an integer or `bool`",
    note = "use an integer that holds every value which the field may have, or `bool`"
)]
pub trait Bits: CoreType {
    /// The type of a field that has such bits.
    #[doc(hidden)]
    type Field: CoreType;

    /// How the bits of the field are extended.
    #[doc(hidden)]
    const EXTENDED: Extended;

    /// The value, when the bits are extended to 64; `None` where it does not fit.
    #[doc(hidden)]
    fn of_bits(bits: u64) -> Option<Self>
    where
        Self: Sized;

    /// The bits, extended to 64.
    #[doc(hidden)]
    fn to_bits(self) -> u64;
}

/// How the bits of a field become 64, which says how many instructions a read takes.
#[doc(hidden)]
pub enum Extended {
    /// They stay at the top: all that counts is whether there is one.
    NotAtAll,
    /// By zeros: a number below 0 does not fit.
    ByZeros,
    /// By zeros or by the sign, as the kernel's field is.
    AsTheKernels,
}

macro_rules! bits {
    ($($extended:ident: $($int:ident)*;)*) => {$($(
        #[diagnostic::do_not_recommend]
        impl Bits for $int {
            type Field = Bitfield<Self>;

            const EXTENDED: Extended = Extended::$extended;

            #[inline(always)]
            fn of_bits(bits: u64) -> Option<Self> {
                let value = bits as $int;
                (value as u64 == bits).then_some(value)
            }

            #[inline(always)]
            fn to_bits(self) -> u64 {
                self as u64
            }
        }
    )*)*};
}

bits! {
    ByZeros: u8 u16 u32;
    AsTheKernels: u64 i8 i16 i32 i64;
}

#[diagnostic::do_not_recommend]
impl Bits for bool {
    type Field = Bitfield<Self>;

    const EXTENDED: Extended = Extended::NotAtAll;

    #[inline(always)]
    fn of_bits(bits: u64) -> Option<Self> {
        Some(bits != 0)
    }

    #[inline(always)]
    fn to_bits(self) -> u64 {
        self.into()
    }
}
