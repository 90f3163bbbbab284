//! The text that `type_matches` compares: a whole declaration, each member with its type, and that type
//! with its own members.
//!
//! An access needs none of this. So a field that no access names may have any type.

use core::{ffi::c_void, marker::PhantomData};

use crate::{
    contract::{Piece, Text},
    pointer::user::UserPtr,
    types::{CChar, Flexible, Named},
};

/// A type that [`core_type_matches`](crate::core_type_matches) can compare with the kernel's: a
/// [`CoreStruct`](crate::CoreStruct) or [`CoreEnum`](crate::CoreEnum) whose fields have such types
/// too. Nothing else can implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type of the kernel",
    label = "`{Self}` has no name in the kernel's BTF",
    note = "write `#[derive(CoreStruct)]` or `#[derive(CoreEnum)]` above it"
)]
pub trait Comparable: Named + Declared<()> {}

impl<T: Named + Declared<()>> Comparable for T {}

/// The text of a declaration.
///
/// `L` is any type. The parameter makes the implementations generic, so that the compiler evaluates
/// a constant only where a program needs it. Without it the compiler evaluates each constant that
/// another one names, and the declaration of a large enum, which nobody compares, is longer than a
/// descriptor can be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared with the kernel's type",
    label = "nothing is known to compare",
    note = "integers, `bool`, raw pointers, arrays, and types with `#[derive(CoreStruct)]` or \
            `#[derive(CoreEnum)]` can"
)]
pub trait Declared<L> {
    /// In the grammar of [`contract`](crate::contract).
    const DECLARATION: Text;
}

/// A type that can be compared where it stands behind a pointer: of a struct or union only the
/// kind and the name are.
#[diagnostic::on_unimplemented(
    message = "a pointer to `{Self}` cannot be compared with the kernel's",
    label = "the kernel's name for it is not known",
    note = "write `#[derive(CoreStruct)]` above `{Self}`; `{{}}` for its fields will do"
)]
pub trait BehindPointer<L> {
    /// In the grammar of [`contract`](crate::contract).
    const BEHIND_POINTER: Text;
}

macro_rules! integers {
    ($($int:ty = $text:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<L> Declared<L> for $int {
            const DECLARATION: Text = Text(&[Piece::Str($text)]);
        }

        #[diagnostic::do_not_recommend]
        impl<L> BehindPointer<L> for $int {
            const BEHIND_POINTER: Text = <Self as Declared<L>>::DECLARATION;
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
    CChar = "char";
}

#[diagnostic::do_not_recommend]
impl<L> BehindPointer<L> for c_void {
    const BEHIND_POINTER: Text = Text(&[Piece::Str("void")]);
}

macro_rules! pointers {
    ($($pointer:ty)*) => {$(
        impl<L, T: BehindPointer<L>> Declared<L> for $pointer {
            const DECLARATION: Text = Text(&[Piece::Str("*"), Piece::Text(T::BEHIND_POINTER)]);
        }

        #[diagnostic::do_not_recommend]
        impl<L, T: BehindPointer<L>> BehindPointer<L> for $pointer {
            const BEHIND_POINTER: Text = <Self as Declared<L>>::DECLARATION;
        }
    )*};
}

pointers!(*const T *mut T UserPtr<T>);

#[diagnostic::do_not_recommend]
impl<L, T: Declared<L>, const N: usize> Declared<L> for [T; N] {
    const DECLARATION: Text = Text(&[
        Piece::Str("["),
        Piece::Number(N as i128),
        Piece::Str("]"),
        Piece::Text(T::DECLARATION),
    ]);
}

#[diagnostic::do_not_recommend]
impl<L, T: BehindPointer<L>, const N: usize> BehindPointer<L> for [T; N] {
    const BEHIND_POINTER: Text = Text(&[
        Piece::Str("["),
        Piece::Number(N as i128),
        Piece::Str("]"),
        Piece::Text(T::BEHIND_POINTER),
    ]);
}

#[diagnostic::do_not_recommend]
impl<L, T: Declared<L>> Declared<L> for Flexible<T> {
    const DECLARATION: Text = Text(&[Piece::Str("[0]"), Piece::Text(T::DECLARATION)]);
}

/// The type that the derive takes for a function behind a pointer.
pub struct Function<P, R>(PhantomData<(P, R)>);

#[diagnostic::do_not_recommend]
impl<L, P: Parameters<L>, R: BehindPointer<L>> BehindPointer<L> for Function<P, R> {
    const BEHIND_POINTER: Text = Text(&[
        Piece::Str("fn("),
        Piece::Text(P::PARAMETERS),
        Piece::Str(")"),
        Piece::Text(R::BEHIND_POINTER),
    ]);
}

/// The parameters of a function: the first, and the others.
pub trait Parameters<L> {
    /// In the grammar of [`contract`](crate::contract).
    const PARAMETERS: Text;
}

impl<L> Parameters<L> for () {
    const PARAMETERS: Text = Text(&[]);
}

#[diagnostic::do_not_recommend]
impl<L, T: BehindPointer<L>, Q: Parameters<L>> Parameters<L> for (T, Q) {
    const PARAMETERS: Text = Text(&[
        Piece::Text(T::BEHIND_POINTER),
        Piece::Str(","),
        Piece::Text(Q::PARAMETERS),
    ]);
}
