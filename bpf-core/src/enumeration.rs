//! Enumerators, whose values the kernel is free to change.

use core::marker::PhantomData;

use crate::{
    descriptor::{Piece, Text},
    presence::Presence,
    relocation::{EnumvalExists, EnumvalValue, Subject, info, is},
    types::{CoreType, Integer},
};

/// An enum of the kernel. Implemented by `#[derive(CoreEnum)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a kernel enum",
    label = "`{Self}` has no `#[derive(CoreEnum)]`",
    note = "declare the enumerators that you name, and write `#[derive(CoreEnum)]` above the enum"
)]
pub trait CoreEnum: CoreType {
    /// What holds a value: the integer of `#[repr(...)]`.
    type Repr: Integer;

    /// A struct with an [`EnumeratorOf`] an enumerator, under the enumerator's own name.
    #[doc(hidden)]
    type Enumerators;

    #[doc(hidden)]
    const ENUMERATORS: Self::Enumerators;

    /// The kernel's names of the enumerators and the declared values, by their numbers.
    #[doc(hidden)]
    const NAMES: &'static [(&'static str, i128)];
}

/// Enumerator number `N` of the enum `E`: `Q` says whether every kernel has it. It holds nothing:
/// the derive gives one for each enumerator.
pub struct EnumeratorOf<E, const N: usize, Q>(PhantomData<(E, Q)>);

impl<E, const N: usize, Q> EnumeratorOf<E, N, Q> {
    /// The enumerator.
    pub const HERE: Self = Self(PhantomData);
}

impl<E: CoreEnum, const N: usize, Q> Subject for EnumeratorOf<E, N, Q> {
    const TEXT: Text = Text(&[
        Piece::Text(E::TYPE),
        Piece::Str("."),
        Piece::Str(E::NAMES[N].0),
        Piece::Str("="),
        Piece::Number(E::NAMES[N].1),
    ]);
}

/// The value of an enumerator in the kernel.
#[inline(always)]
pub fn enum_value<E: CoreEnum, const N: usize, Q: Presence>(
    enumerator: EnumeratorOf<E, N, Q>,
) -> Q::Out<E::Repr> {
    match Q::is_there(|| enum_value_exists(enumerator)) {
        true => Q::present(E::Repr::of(info::<EnumvalValue, EnumeratorOf<E, N, Q>>())),
        false => Q::absent(),
    }
}

/// Whether the kernel has an enumerator.
#[inline(always)]
pub fn enum_value_exists<E: CoreEnum, const N: usize, Q>(
    _enumerator: EnumeratorOf<E, N, Q>,
) -> bool {
    is::<EnumvalExists, EnumeratorOf<E, N, Q>>()
}
