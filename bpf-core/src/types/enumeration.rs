//! Enums of the kernel: the trait that `#[derive(CoreEnum)]` implements. A kernel may give another value
//! to an enumerator.

use core::marker::PhantomData;

use crate::{
    contract::{Piece, Text, relocation::Subject},
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

    /// A struct that has an [`EnumeratorOf`] for each enumerator, under the enumerator's own name.
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
