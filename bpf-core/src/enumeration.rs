//! Enumerators, whose values the kernel is free to change.

use core::marker::PhantomData;

use crate::{
    descriptor::Text,
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
}

/// Enumerator number `N` of an enum.
pub trait Enumerator<const N: usize> {
    /// The kernel's name for it.
    const NAME: &'static str;

    /// Its value in the declaration.
    const VALUE: i128;

    /// Whether every kernel has it.
    type Presence: Presence;
}

/// Names enumerator number `N` of the enum `E`.
pub struct EnumeratorOf<E, const N: usize>(PhantomData<E>);

impl<E, const N: usize> EnumeratorOf<E, N> {
    /// The name.
    pub const NAME: Self = Self(PhantomData);
}

impl<E: CoreEnum + Enumerator<N>, const N: usize> Subject for EnumeratorOf<E, N> {
    const TEXT: Text = E::TYPE.str(".").text(&enumerator::<E, N>());
}

/// Name and value, as [`descriptor`](crate::descriptor) writes them.
pub const fn enumerator<E: Enumerator<N>, const N: usize>() -> Text {
    let text = Text::EMPTY.str(E::NAME).str("=");
    match E::VALUE < 0 {
        true => text.str("-").number(E::VALUE.unsigned_abs() as usize),
        false => text.number(E::VALUE as usize),
    }
}

/// The value of an enumerator in the kernel.
#[inline(always)]
pub fn enum_value<E, const N: usize>(
    enumerator: EnumeratorOf<E, N>,
) -> <E::Presence as Presence>::Out<E::Repr>
where
    E: CoreEnum + Enumerator<N>,
{
    let there = E::Presence::is_there(|| enum_value_exists(enumerator));
    E::Presence::out(there.then(|| E::Repr::of(info::<EnumvalValue, EnumeratorOf<E, N>>())))
}

/// Whether the kernel has an enumerator.
#[inline(always)]
pub fn enum_value_exists<E, const N: usize>(_enumerator: EnumeratorOf<E, N>) -> bool
where
    E: CoreEnum + Enumerator<N>,
{
    is::<EnumvalExists, EnumeratorOf<E, N>>()
}
