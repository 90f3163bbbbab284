//! Pointers by kind: what is made of one, is one of the same kind.

use crate::{record::CoreStruct, space::UserPtr};

/// A pointer without what it points to.
pub trait Pointer: Copy {
    /// A pointer of this kind, to a `T`.
    type To<T>;

    /// The same address.
    fn to<T>(self) -> Self::To<T>;
}

/// A pointer to a kernel struct.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pointer to a kernel struct",
    label = "not a pointer to a kernel struct",
    note = "use a `*const T`, `*mut T` or `UserPtr<T>`, where `T` has `#[derive(CoreStruct)]`"
)]
pub trait ToRecord {
    /// What it points to.
    type Record: CoreStruct;

    /// Its kind.
    type Pointer: Pointer;

    /// The same address.
    fn pointer(self) -> Self::Pointer;
}

macro_rules! pointers {
    ($($pointer:ty, $to:ty, $kind:ty;)*) => {$(
        impl Pointer for $kind {
            type To<U> = $to;

            #[inline(always)]
            fn to<U>(self) -> $to {
                self.cast()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: CoreStruct> ToRecord for $pointer {
            type Record = T::Itself;
            type Pointer = $kind;

            #[inline(always)]
            fn pointer(self) -> $kind {
                self.cast()
            }
        }
    )*};
}

pointers! {
    *const T, *const U, *const ();
    *mut T, *mut U, *mut ();
    UserPtr<T>, UserPtr<U>, UserPtr<()>;
}
