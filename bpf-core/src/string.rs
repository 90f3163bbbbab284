//! Where a string starts.

use crate::{
    error::ReadError,
    read,
    types::{CoreType, Flexible, Plain},
};

/// `char` of the kernel.
#[diagnostic::on_unimplemented(
    message = "a string cannot be read from `{Self}`",
    label = "not a character",
    note = "a string is an array of `u8` or `i8`, or a pointer to one"
)]
pub trait Char: CoreType + Plain {}

#[diagnostic::do_not_recommend]
impl Char for u8 {}
#[diagnostic::do_not_recommend]
impl Char for i8 {}

/// The type of a place that holds a string, or the address of one.
#[diagnostic::on_unimplemented(
    message = "a string cannot be read from `{Self}`",
    label = "not a string",
    note = "a string is an array of `u8` or `i8`, or a pointer to one"
)]
pub trait Characters: CoreType {
    /// The address of the first character; `field` is the place's own.
    fn start(field: *const u8) -> Result<*const u8, ReadError>;
}

#[diagnostic::do_not_recommend]
impl<E: Char, const N: usize> Characters for [E; N] {
    #[inline(always)]
    fn start(field: *const u8) -> Result<*const u8, ReadError> {
        Ok(field)
    }
}

#[diagnostic::do_not_recommend]
impl<E: Char> Characters for Flexible<E> {
    #[inline(always)]
    fn start(field: *const u8) -> Result<*const u8, ReadError> {
        Ok(field)
    }
}

macro_rules! pointers {
    ($($pointer:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<U: Char> Characters for $pointer {
            #[inline(always)]
            fn start(field: *const u8) -> Result<*const u8, ReadError> {
                read::plain(field)
            }
        }
    )*};
}

pointers!(*const U *mut U);
