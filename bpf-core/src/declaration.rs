//! Whole declarations, which `type_matches` compares: each member with its type, and that type
//! with its own. An access needs none of this, so that the types of the fields that it does not
//! name may be anything.

use core::{ffi::c_void, marker::PhantomData};

use crate::{
    descriptor::Text,
    space::UserPtr,
    types::{Char, Flexible},
};

/// A type that can be compared with the kernel's.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared with the kernel's type",
    label = "nothing is known to compare",
    note = "integers, `bool`, raw pointers, arrays, and types with `#[derive(CoreStruct)]` or \
            `#[derive(CoreEnum)]` can"
)]
pub trait Declared {
    /// As [`descriptor`](crate::descriptor) writes it.
    const DECLARATION: Text;
}

/// A type that can be compared where it stands behind a pointer: of a struct or union only the
/// kind and the name are.
#[diagnostic::on_unimplemented(
    message = "a pointer to `{Self}` cannot be compared with the kernel's",
    label = "the kernel's name for it is not known",
    note = "write `#[derive(CoreStruct)]` above `{Self}`; `{{}}` for its fields will do"
)]
pub trait BehindPointer {
    /// As [`descriptor`](crate::descriptor) writes it.
    const BEHIND_POINTER: Text;
}

macro_rules! integers {
    ($($int:ty = $text:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Declared for $int {
            const DECLARATION: Text = Text::EMPTY.str($text);
        }

        #[diagnostic::do_not_recommend]
        impl BehindPointer for $int {
            const BEHIND_POINTER: Text = Self::DECLARATION;
        }
    )*};
}

integers! {
    u8 = "u8";
    u16 = "u16";
    u32 = "u32";
    u64 = "u64";
    u128 = "u128";
    i8 = "i8";
    i16 = "i16";
    i32 = "i32";
    i64 = "i64";
    i128 = "i128";
    usize = "usize";
    isize = "isize";
    bool = "bool";
    Char = "char";
}

#[diagnostic::do_not_recommend]
impl BehindPointer for c_void {
    const BEHIND_POINTER: Text = Text::EMPTY.str("void");
}

macro_rules! pointers {
    ($($pointer:ty)*) => {$(
        impl<T: BehindPointer> Declared for $pointer {
            const DECLARATION: Text = Text::EMPTY.str("*").text(&T::BEHIND_POINTER);
        }

        #[diagnostic::do_not_recommend]
        impl<T: BehindPointer> BehindPointer for $pointer {
            const BEHIND_POINTER: Text = Self::DECLARATION;
        }
    )*};
}

pointers!(*const T *mut T UserPtr<T>);

#[diagnostic::do_not_recommend]
impl<T: Declared, const N: usize> Declared for [T; N] {
    const DECLARATION: Text = array(N, &T::DECLARATION);
}

#[diagnostic::do_not_recommend]
impl<T: BehindPointer, const N: usize> BehindPointer for [T; N] {
    const BEHIND_POINTER: Text = array(N, &T::BEHIND_POINTER);
}

#[diagnostic::do_not_recommend]
impl<T: Declared> Declared for Flexible<T> {
    const DECLARATION: Text = array(0, &T::DECLARATION);
}

const fn array(len: usize, element: &Text) -> Text {
    Text::EMPTY.str("[").number(len).str("]").text(element)
}

/// The type that the derive takes for a function behind a pointer.
pub struct Function<P, R>(PhantomData<(P, R)>);

#[diagnostic::do_not_recommend]
impl<P: Parameters, R: BehindPointer> BehindPointer for Function<P, R> {
    const BEHIND_POINTER: Text = Text::EMPTY
        .str("fn(")
        .text(&P::PARAMETERS)
        .str(")")
        .text(&R::BEHIND_POINTER);
}

/// The parameters of a function: the first, and the others.
pub trait Parameters {
    /// As [`descriptor`](crate::descriptor) writes them.
    const PARAMETERS: Text;
}

impl Parameters for () {
    const PARAMETERS: Text = Text::EMPTY;
}

#[diagnostic::do_not_recommend]
impl<T: BehindPointer, Q: Parameters> Parameters for (T, Q) {
    const PARAMETERS: Text = Text::EMPTY
        .text(&T::BEHIND_POINTER)
        .str(",")
        .text(&Q::PARAMETERS);
}
