//! The pointers that an access starts from: each gives an address and says in which space that is.

use core::marker::PhantomData;

use crate::{
    pointer::{
        space::{Address, Kernel, Space, User},
        user::UserPtr,
    },
    sealed::Sealed,
    types::record::CoreStruct,
};

/// A pointer that a read may start from. This crate alone implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pointer to a kernel struct",
    label = "not a pointer to a kernel struct",
    note = "a read starts from a `*const T`, `*mut T`, `&T`, `&mut T`, `UserPtr<T>` or `TrustedPtr<T>`, \
            where `T` has `#[derive(CoreStruct)]`",
    note = "of a `Result`, take the pointer with `?`, and of an `Option` with `let Some(pointer) = ... else`"
)]
pub trait Base: Sealed {
    /// What it points to.
    type Record: CoreStruct;

    /// Where that is.
    type Space: Space;

    /// The address.
    fn address(self) -> Address<Self::Space, Self::Record>;
}

macro_rules! bases {
    ($($pointer:ty)*) => {$(
        impl<T: CoreStruct> Base for $pointer {
            type Record = T::Itself;
            type Space = Kernel;

            #[inline(always)]
            fn address(self) -> Address<Kernel, T::Itself> {
                Address {
                    raw: self as *const T as *const T::Itself,
                    space: PhantomData,
                }
            }
        }
    )*};
}

bases!(*const T *mut T &T &mut T);

impl<T> Sealed for UserPtr<T> {}

impl<T: CoreStruct> Base for UserPtr<T> {
    type Record = T::Itself;
    type Space = User;

    #[inline(always)]
    fn address(self) -> Address<User, T::Itself> {
        Address::of_user(self.cast())
    }
}

/// The address that a read starts from.
#[inline(always)]
pub fn base<B, R, S>(pointer: B) -> Address<S, R>
where
    B: Base<Record = R, Space = S>,
{
    pointer.address()
}

/// The fields of the record that `base` points to.
#[inline(always)]
pub fn fields_at<S, T: CoreStruct>(_: Address<S, T>) -> T::Fields {
    T::FIELDS
}
