//! Places: a value of no size stands for the end of a path. A macro calls `dot`, `comma` and
//! `elements` on it, each call at the user's own token. So the compiler reports a mistake at that
//! token.

use core::marker::PhantomData;

use crate::{
    path::{
        Element, Member, Path,
        misuse::{
            CommaAfterArray, CommaAfterRecord, CommaAfterScalar, DotAfterArray, DotAfterPointer,
            DotAfterScalar, IndexAfterPointer, IndexAfterRecord, IndexAfterScalar,
        },
        number::Number,
        presence::Presence,
    },
    types::{
        CoreType, Flexible,
        record::{CoreStruct, FieldOf},
    },
};

/// The end of a path, as a macro names it: a type without a value. Only the macros make one.
pub trait Place {
    /// The path.
    #[doc(hidden)]
    type Path: Path;

    /// The declared type of the field.
    type Type;

    /// The place. It holds nothing: all of one type are the same.
    #[doc(hidden)]
    const HERE: Self;
}

/// Whether every kernel has what stands at a place.
pub(crate) type PresenceOf<L> = <<L as Place>::Path as Path>::Presence;

/// A struct or union.
pub struct Record<P, S>(PhantomData<(P, S)>);

/// An integer, a `bool` or an enum.
pub struct Scalar<P, T>(PhantomData<(P, T)>);

/// A pointer of type `T` to a `U`.
pub struct Pointer<P, T, U>(PhantomData<(P, T, U)>);

/// An array of `N` elements of type `E`.
pub struct Array<P, E, const N: usize>(PhantomData<(P, E)>);

/// An array at the end of a record, whose length the record does not say.
pub struct FlexibleArray<P, E>(PhantomData<(P, E)>);

/// A field of the record where the path starts is a place itself: most paths are no longer.
impl<S: CoreStruct, N: Number, T: CoreType, Q: Presence> Place for FieldOf<S, N, T, Q> {
    type Path = Self;
    type Type = T;
    const HERE: Self = Self::HERE;
}

impl<P: Path, S: CoreStruct> Place for Record<P, S> {
    type Path = P;
    type Type = S;
    const HERE: Self = Self(PhantomData);
}

impl<P: Path, T: CoreType> Place for Scalar<P, T> {
    type Path = P;
    type Type = T;
    const HERE: Self = Self(PhantomData);
}

impl<P: Path, T, U> Place for Pointer<P, T, U> {
    type Path = P;
    type Type = T;
    const HERE: Self = Self(PhantomData);
}

impl<P: Path, E: CoreType, const N: usize> Place for Array<P, E, N> {
    type Path = P;
    type Type = [E; N];
    const HERE: Self = Self(PhantomData);
}

impl<P: Path, E: CoreType> Place for FlexibleArray<P, E> {
    type Path = P;
    type Type = Flexible<E>;
    const HERE: Self = Self(PhantomData);
}

/// The fields of a type, wherever it is.
#[inline(always)]
pub fn fields_of<T: CoreStruct>() -> T::Fields {
    T::FIELDS
}

/// The fields of the record that a pointer points to, wherever it is.
#[inline(always)]
pub fn fields_behind<P, T, R: CoreStruct>(_pointer: Pointer<P, T, R>) -> R::Fields {
    R::FIELDS
}

/// The place of a field, which is the first of a path.
#[inline(always)]
pub fn place<S: CoreStruct, N: Number, T: CoreType, Q: Presence>(
    _field: FieldOf<S, N, T, Q>,
) -> T::At<FieldOf<S, N, T, Q>> {
    Place::HERE
}

/// The fields to choose from.
#[inline(always)]
pub fn fields<P, S: CoreStruct>(_record: &Record<P, S>) -> S::Fields {
    S::FIELDS
}

/// The place of the chosen field. No method: of a type that lacks the bound, a method is
/// an error of its own.
#[inline(always)]
pub fn member_place<P: Path, S: CoreStruct, N: Number, T, Q: Presence, R: Place>(
    _place: Record<P, S>,
    _field: FieldOf<S, N, T, Q>,
) -> R
where
    T: CoreType<At<Member<P, FieldOf<S, N, T, Q>>> = R>,
{
    Place::HERE
}

// `dot`, `comma` and `elements` of each kind of place. A token that fits gives the next place. A token
// that does not fit has a bound of `misuse`, whose text is the error.
//
// Such a bound gives a type to a parameter of the function, as in `Never = R`. As a part of the return
// type it would let further errors follow the first.

impl<P: Path, S: CoreStruct> Record<P, S> {
    /// `.`
    #[inline(always)]
    pub fn dot(self) -> Self {
        self
    }

    /// `,`
    pub fn comma<R>(self) -> R
    where
        S: CommaAfterRecord<Never = R>,
    {
        S::never()
    }

    /// `[`
    pub fn elements<R>(self) -> R
    where
        S: IndexAfterRecord<Never = R>,
    {
        S::never()
    }
}

impl<P: Path, T, U> Pointer<P, T, U> {
    /// `,`
    #[inline(always)]
    pub fn comma<R>(self) -> Pointer<P, T, R>
    where
        U: CoreStruct<Itself = R>,
    {
        Place::HERE
    }

    /// `.`
    pub fn dot<R>(self) -> R
    where
        U: DotAfterPointer<Never = R>,
    {
        U::never()
    }

    /// `[`
    pub fn elements<R>(self) -> R
    where
        U: IndexAfterPointer<Never = R>,
    {
        U::never()
    }
}

impl<P: Path, T> Scalar<P, T> {
    /// `,`
    pub fn comma<R>(self) -> R
    where
        T: CommaAfterScalar<Never = R>,
    {
        T::never()
    }

    /// `.`
    pub fn dot<R>(self) -> R
    where
        T: DotAfterScalar<Never = R>,
    {
        T::never()
    }

    /// `[`
    pub fn elements<R>(self) -> R
    where
        T: IndexAfterScalar<Never = R>,
    {
        T::never()
    }
}

impl<P: Path, E: CoreType, const N: usize> Array<P, E, N> {
    /// `[`; also gives an array of the same length. The macros index it too, and so a
    /// constant that is out of bounds is the compiler's own error, at the index.
    #[inline(always)]
    pub fn elements(self) -> (Self, [(); N]) {
        (self, [(); N])
    }

    /// Element `I`.
    #[inline(always)]
    pub fn element<const I: usize>(self) -> E::At<Element<P, I>> {
        // The compiler's own error can be allowed away, and does not reach into generic
        // functions.
        const { assert!(I < N, "index out of bounds of a kernel array") };
        Place::HERE
    }

    /// `.`
    pub fn dot<R>(self) -> R
    where
        E: DotAfterArray<Never = R>,
    {
        E::never()
    }

    /// `,`
    pub fn comma<R>(self) -> R
    where
        E: CommaAfterArray<Never = R>,
    {
        E::never()
    }
}

impl<P: Path, E: CoreType> FlexibleArray<P, E> {
    /// `[`; also gives what any index fits.
    #[inline(always)]
    pub fn elements(self) -> (Self, Unbounded) {
        (self, Unbounded)
    }

    /// Element `I`.
    #[inline(always)]
    pub fn element<const I: usize>(self) -> E::At<Element<P, I>> {
        Place::HERE
    }

    /// `.`
    pub fn dot<R>(self) -> R
    where
        E: DotAfterArray<Never = R>,
    {
        E::never()
    }

    /// `,`
    pub fn comma<R>(self) -> R
    where
        E: CommaAfterArray<Never = R>,
    {
        E::never()
    }
}

/// An index.
pub struct At {
    /// From 0.
    pub index: usize,
}

/// The shape of an array that has no length.
pub struct Unbounded;

impl core::ops::Index<usize> for Unbounded {
    type Output = ();

    #[inline(always)]
    fn index(&self, _: usize) -> &() {
        &()
    }
}
