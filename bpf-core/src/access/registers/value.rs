//! The values that a register can hold.

use crate::{pointer::user::UserPtr, sealed::Sealed};

/// A type that a register can hold: an integer of up to 64 bits, a raw pointer or a [`UserPtr`].
#[diagnostic::on_unimplemented(
    message = "no register holds a `{Self}`",
    label = "not a value of one register",
    note = "an integer of up to 64 bits, a raw pointer or a `UserPtr` can be there"
)]
pub trait Register: Sealed {
    /// The value. An integer has the low bits: the others are not part of it.
    #[doc(hidden)]
    fn of(register: u64) -> Self;
}

/// A type that a process can put into a register: a [`Register`] that is no pointer of the kernel.
#[diagnostic::on_unimplemented(
    message = "no argument of a system call is a `{Self}`",
    label = "not a value that a process can give",
    note = "an integer of up to 64 bits or a `UserPtr` can be there: a pointer of a process is a `UserPtr`"
)]
pub trait UserRegister: Register {}

macro_rules! integers {
    ($($int:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Register for $int {
            #[inline(always)]
            fn of(register: u64) -> Self {
                register as $int
            }
        }

        #[diagnostic::do_not_recommend]
        impl UserRegister for $int {}
    )*};
}

integers!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

macro_rules! pointers {
    ($($pointer:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T> Register for $pointer {
            #[inline(always)]
            fn of(register: u64) -> Self {
                register as $pointer
            }
        }
    )*};
}

pointers!(*const T *mut T);

#[diagnostic::do_not_recommend]
impl<T> Register for UserPtr<T> {
    #[inline(always)]
    fn of(register: u64) -> Self {
        Self::new(register)
    }
}

#[diagnostic::do_not_recommend]
impl<T> UserRegister for UserPtr<T> {}
