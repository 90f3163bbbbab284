//! Access paths as types: what a relocation is about is known to the compiler, so
//! that no two of them can be mixed up and none is computed at run time.

use core::marker::PhantomData;

use crate::{
    descriptor::{Piece, Text},
    presence::{Presence, Required},
    record::{CoreStruct, Field, FieldOf},
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

    /// The descriptor for the offset of the place, if a derive has spelled it out.
    const OFFSET: Option<&'static str> = None;
}

/// The record itself.
pub struct Root<T>(PhantomData<T>);

/// The field `F` of the record that `P` leads to.
pub struct Member<P, F>(PhantomData<(P, F)>);

/// Element `N` of the array that `P` leads to.
pub struct Element<P, const N: usize>(PhantomData<P>);

impl<T: CoreStruct> Subject for Root<T> {
    const TEXT: Text = T::TYPE;
}

impl<T: CoreStruct> Path for Root<T> {
    type Root = T;
    type Presence = Required;
}

impl<P: Path, F: Field> Subject for Member<P, F> {
    const TEXT: Text = Text(&[
        Piece::Text(P::TEXT),
        Piece::Str(F::STEP.name),
        Piece::Text(<F::Type as CoreType>::TYPE),
    ]);
}

impl<P: Path, F: Field> Path for Member<P, F> {
    type Root = P::Root;
    type Presence = <P::Presence as Presence>::And<F::Presence>;
}

// A path of one field is the field: most are no longer, and the fewer types there are in one, the
// less the compiler has to do for each read.
impl<S: CoreStruct, const N: usize, T: CoreType, Q: Presence> Subject for FieldOf<S, N, T, Q> {
    const TEXT: Text = Text(&[
        Piece::Text(S::TYPE),
        Piece::Str(S::STEPS[N].name),
        Piece::Text(T::TYPE),
    ]);
}

impl<S: CoreStruct, const N: usize, T: CoreType, Q: Presence> Path for FieldOf<S, N, T, Q> {
    type Root = S;
    type Presence = Q;
    const OFFSET: Option<&'static str> = S::STEPS[N].offset;
}

impl<P: Path, const N: usize> Subject for Element<P, N> {
    const TEXT: Text = Text(&[
        Piece::Text(P::TEXT),
        Piece::Str("["),
        Piece::Number(N as i128),
        Piece::Str("]"),
    ]);
}

impl<P: Path, const N: usize> Path for Element<P, N> {
    type Root = P::Root;
    type Presence = P::Presence;
}
