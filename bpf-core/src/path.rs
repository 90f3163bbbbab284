//! Access paths as types: what a relocation is about is known to the compiler, so
//! that no two of them can be mixed up and none is computed at run time.

use core::marker::PhantomData;

use crate::{
    descriptor::Text,
    presence::{Presence, Required},
    record::{CoreStruct, Field},
    relocation::Subject,
    types::CoreType,
};

/// The way from the root record of a relocation to a place in it, with no pointer
/// in between: the access string of a `.BTF.ext` record, with names for numbers.
pub trait Path: Subject {
    /// Where it starts.
    type Root: CoreStruct;

    /// [`Optional`](crate::presence::Optional) when a field on the way is.
    type Presence: Presence;
}

/// The record itself.
pub struct Root<T>(PhantomData<T>);

/// Field number `N` of the record `S` that `P` leads to.
pub struct Member<P, S, const N: usize>(PhantomData<(P, S)>);

/// Element `N` of the array that `P` leads to.
pub struct Element<P, const N: usize>(PhantomData<P>);

impl<T: CoreStruct> Subject for Root<T> {
    const TEXT: Text = T::TYPE;
}

impl<T: CoreStruct> Path for Root<T> {
    type Root = T;
    type Presence = Required;
}

impl<P: Path, S: Field<N>, const N: usize> Subject for Member<P, S, N> {
    const TEXT: Text = P::TEXT
        .str(".")
        .str(S::NAME)
        .str(":")
        .text(&<S::Type as CoreType>::TYPE);
}

impl<P: Path, S: Field<N>, const N: usize> Path for Member<P, S, N> {
    type Root = P::Root;
    type Presence = <P::Presence as Presence>::And<S::Presence>;
}

impl<P: Path, const N: usize> Subject for Element<P, N> {
    const TEXT: Text = P::TEXT.str("[").number(N).str("]");
}

impl<P: Path, const N: usize> Path for Element<P, N> {
    type Root = P::Root;
    type Presence = P::Presence;
}
