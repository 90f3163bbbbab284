//! The kinds of pointer, such as `*const`, `*mut` and `UserPtr`. A macro that casts a pointer keeps its
//! kind.

use crate::{pointer::user::UserPtr, types::record::CoreStruct};

/// A kind of pointer: a pointer to `()`.
pub trait PointerKind: Copy {
    /// A pointer of this kind, to a `T`.
    type To<T>;

    /// The same address.
    fn to<T>(self) -> Self::To<T>;
}

/// A kind of pointer whose address the program may change.
pub trait Movable: PointerKind {
    /// The pointer, `bytes` further to the front.
    fn before(self, bytes: usize) -> Self;
}

/// A pointer to a field of type `F`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pointer to the field",
    label = "the field is of type `{F}`",
    note = "use a `*const T`, `*mut T` or `UserPtr<T>`, where `T` is the type that the field is declared with"
)]
pub trait ToField<F> {
    /// The kind of the pointer.
    type Pointer: Movable;

    /// The same address.
    fn pointer(self) -> Self::Pointer;
}

/// A pointer to a kernel struct.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pointer to a kernel struct",
    label = "not a pointer to a kernel struct",
    note = "use a `*const T`, `*mut T`, `UserPtr<T>` or `TrustedPtr<T>`, where `T` has \
            `#[derive(CoreStruct)]`"
)]
pub trait ToRecord {
    /// The struct that it points to.
    type Record: CoreStruct;

    /// The kind of the pointer.
    type Pointer: PointerKind;

    /// The same address.
    fn pointer(self) -> Self::Pointer;
}

macro_rules! pointers {
    ($($pointer:ty, $to:ty, $kind:ty, $before:expr;)*) => {$(
        impl PointerKind for $kind {
            type To<U> = $to;

            #[inline(always)]
            fn to<U>(self) -> $to {
                self.cast()
            }
        }

        impl Movable for $kind {
            #[inline(always)]
            fn before(self, bytes: usize) -> Self {
                $before(self, bytes)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T> ToField<T> for $pointer {
            type Pointer = $kind;

            #[inline(always)]
            fn pointer(self) -> $kind {
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
    *const T, *const U, *const (), <*const ()>::wrapping_byte_sub;
    *mut T, *mut U, *mut (), <*mut ()>::wrapping_byte_sub;
    UserPtr<T>, UserPtr<U>, UserPtr<()>, user_before;
}

#[inline(always)]
fn user_before(pointer: UserPtr<()>, bytes: usize) -> UserPtr<()> {
    UserPtr::new(pointer.address().wrapping_sub(bytes as u64))
}
