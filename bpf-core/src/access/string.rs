//! Strings: finds where one starts, and copies it.

use crate::{
    error::Code,
    pointer::{
        space::{Points, Space},
        user::UserPtr,
    },
    sealed::Sealed,
    types::{CoreType, Flexible, plain::Plain},
};

/// A `char` of the kernel: `u8` or `i8`. Nothing else can implement it.
#[diagnostic::on_unimplemented(
    message = "a string cannot be read from `{Self}`",
    label = "not a character",
    note = "a string is an array of `u8` or `i8`, or a pointer to one",
    note = "the buffer is the first argument, the address the second: `(&mut buf, address)`"
)]
pub trait Character: CoreType + Plain + Sealed {}

#[diagnostic::do_not_recommend]
impl Character for u8 {}
#[diagnostic::do_not_recommend]
impl Character for i8 {}

/// The type of a field that holds a string, or points to one.
#[diagnostic::on_unimplemented(
    message = "a string cannot be read from `{Self}`",
    label = "not a string",
    note = "a string is an array of `u8` or `i8`, or a pointer to one"
)]
pub trait Characters: CoreType {
    /// The space of the characters, where the field is in `S`.
    type In<S: Space>: Space;

    /// The address of the first character. `field` is the address of the field.
    fn start<S: Space>(field: *const u8) -> Result<*const u8, Code>;
}

#[diagnostic::do_not_recommend]
impl<E: Character, const N: usize> Characters for [E; N] {
    type In<S: Space> = S;

    #[inline(always)]
    fn start<S: Space>(field: *const u8) -> Result<*const u8, Code> {
        Ok(field)
    }
}

#[diagnostic::do_not_recommend]
impl<E: Character> Characters for Flexible<E> {
    type In<S: Space> = S;

    #[inline(always)]
    fn start<S: Space>(field: *const u8) -> Result<*const u8, Code> {
        Ok(field)
    }
}

macro_rules! pointers {
    ($($pointer:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<U: Character> Characters for $pointer {
            type In<S: Space> = <$pointer as Points>::In<S>;

            #[inline(always)]
            fn start<S: Space>(field: *const u8) -> Result<*const u8, Code> {
                Ok(S::value::<usize>(field)? as *const u8)
            }
        }
    )*};
}

pointers!(*const U *mut U UserPtr<U>);

/// Copies the string at an address of `S` to `dst`. Gives it without its NUL.
#[inline(always)]
pub(crate) fn copy<S: Space>(dst: &mut [u8], address: *const u8) -> Result<&[u8], Code> {
    // SAFETY: `dst` has room for its length.
    let written = unsafe { S::read_str(dst.as_mut_ptr(), dst.len(), address) }?;
    // The kernel counts the NUL; it writes none where there is no room at all.
    // SAFETY: the helper writes at most `dst.len()` bytes.
    Ok(unsafe { dst.get_unchecked(..written.saturating_sub(1)) })
}
