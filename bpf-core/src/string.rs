//! Where a string starts.

use crate::{
    error::ReadError,
    path::Path,
    place::{Array, FlexibleArray, Place, Pointer},
    read,
    types::{CoreType, Plain},
};

/// `char` of the kernel.
#[diagnostic::on_unimplemented(
    message = "a string cannot be read from `{Self}`",
    label = "not a character",
    note = "a string is an array of `u8` or `i8`, or a pointer to one"
)]
pub trait Char: CoreType + Plain {}

impl Char for u8 {}
impl Char for i8 {}

/// A place that holds a string, or the address of one.
#[diagnostic::on_unimplemented(
    message = "no string can be read here",
    label = "not a string",
    note = "a string is an array of `u8` or `i8`, or a pointer to one"
)]
pub trait StringPlace: Place {
    /// The address of the first character; `field` is the place's own.
    fn start(field: *const u8) -> Result<*const u8, ReadError>;
}

impl<P: Path, E: Char, const N: usize> StringPlace for Array<P, E, N> {
    #[inline(always)]
    fn start(field: *const u8) -> Result<*const u8, ReadError> {
        Ok(field)
    }
}

impl<P: Path, E: Char> StringPlace for FlexibleArray<P, E> {
    #[inline(always)]
    fn start(field: *const u8) -> Result<*const u8, ReadError> {
        Ok(field)
    }
}

impl<P: Path, T, U: Char> StringPlace for Pointer<P, T, U> {
    #[inline(always)]
    fn start(field: *const u8) -> Result<*const u8, ReadError> {
        read::plain(field)
    }
}
