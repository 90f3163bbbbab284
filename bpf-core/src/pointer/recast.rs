//! `core_recast!`: from one declaration of a kernel type to another, such as a flavour or the
//! declaration of another crate.

use core::marker::PhantomData;

use crate::{
    pointer::kind::{PointerKind, ToRecord},
    types::record::CoreStruct,
};

/// A name of the kernel as a type: 16 bytes of it, and the rest. Two are equal when the
/// names are.
pub struct Name<const BYTES: u128, Rest>(PhantomData<Rest>);

/// A record that declares the kernel's type with the name `N`. The derive implements it.
pub trait Declares<N> {}

/// Another declaration of the kernel type that `T` declares.
#[diagnostic::on_unimplemented(
    message = "`{Self}` and `{T}` are not declarations of one kernel type",
    label = "not a declaration of what `{T}` declares",
    note = "both have `#[derive(CoreStruct)]`, and the same name in the kernel up to the flavour, as \
            `task_struct` and `#[core(name = \"task_struct___v5\")]`",
    note = "a pointer that is known to point to something else has `.cast()`"
)]
pub trait Redeclares<T> {}

#[diagnostic::do_not_recommend]
impl<T: CoreStruct, U: Declares<T::Name>> Redeclares<T> for U {}

/// A pointer of kind `P` to a `T`.
pub struct Recast<P, T>(P, PhantomData<T>);

/// The pointer to cast.
#[inline(always)]
pub fn recast<B, P, T>(pointer: B) -> Recast<P, T>
where
    B: ToRecord<Record = T, Pointer = P>,
{
    Recast(pointer.pointer(), PhantomData)
}

impl<P: PointerKind, T> Recast<P, T> {
    /// The same address, for the declaration `U`.
    #[inline(always)]
    pub fn to<U: Redeclares<T>>(self) -> P::To<U> {
        self.0.to()
    }
}
