//! Paths as types: the compiler knows the text of each relocation. No two paths can be mixed up, and
//! nothing is computed at run time.

pub(crate) mod misuse;
pub(crate) mod number;
pub(crate) mod place;
pub(crate) mod presence;

use core::marker::PhantomData;

use crate::{
    contract::{
        Piece, Text,
        relocation::{
            FieldExists, FieldPtr, Info, Subject, described_field_ptr, described_info, is_yes,
        },
    },
    path::{number::Number, presence::Presence},
    types::{
        CoreType,
        record::{CoreStruct, Field, FieldOf},
    },
};

/// A path inside one record, without a pointer on the way. It is the access string of a `.BTF.ext`
/// record, with names in place of numbers.
pub trait Path: Subject + Sized {
    /// The record where it starts.
    type Root: CoreStruct;

    /// [`Optional`](crate::path::presence::Optional) when a field on the way is.
    type Presence: Presence;

    /// Gives the address of the place, in the record at an address.
    const FIELD_PTR: FieldPtr = described_field_ptr::<Self>;

    /// Tells whether the kernel has the place.
    const FIELD_EXISTS: Info = described_info::<FieldExists, Self>;
}

/// The field `F` of the record that `P` leads to.
pub struct Member<P, F>(PhantomData<(P, F)>);

/// Element `N` of the array that `P` leads to.
pub struct Element<P, const N: usize>(PhantomData<P>);

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

// A path starts at a field, and most end there.
impl<S: CoreStruct, N: Number, T: CoreType, Q: Presence> Subject for FieldOf<S, N, T, Q> {
    const TEXT: Text = Text(&[
        Piece::Text(S::TYPE),
        Piece::Str(S::STEPS[N::NUMBER].name),
        Piece::Text(T::TYPE),
    ]);
}

impl<S: CoreStruct, N: Number, T: CoreType, Q: Presence> Path for FieldOf<S, N, T, Q> {
    type Root = S;
    type Presence = Q;
    const FIELD_PTR: FieldPtr = match S::STEPS[N::NUMBER].field_ptr {
        Some(marker) if cfg!(target_arch = "bpf") => marker,
        _ => described_field_ptr::<Self>,
    };
    const FIELD_EXISTS: Info = match S::STEPS[N::NUMBER].field_exists {
        Some(marker) if cfg!(target_arch = "bpf") => marker,
        _ => described_info::<FieldExists, Self>,
    };
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

/// The address of the field at the end of `P`, in the record at `base`.
#[inline(always)]
pub(crate) fn field_ptr<P: Path>(base: *const u8) -> *const u8 {
    (P::FIELD_PTR)(base)
}

/// Whether the kernel has the field at the end of `P`.
#[inline(always)]
pub(crate) fn field_exists<P: Path>() -> bool {
    is_yes((P::FIELD_EXISTS)())
}
