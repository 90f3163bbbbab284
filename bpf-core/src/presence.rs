//! Whether every kernel has a field.

use crate::{
    error::{Code, ReadError},
    path::Path,
    read::Read,
    relocation::field_exists,
    space::Space,
};

/// [`Required`] or [`Optional`].
pub trait Presence: Sized {
    /// What an access gives: `T`, or `Option<T>` where the field may be absent.
    type Out<T>;

    /// The presence of a path that needs both.
    type And<Q: Presence>: Presence;

    /// Whether it is there, by `ask` if that is a question at all.
    #[doc(hidden)]
    fn is_there(ask: impl FnOnce() -> bool) -> bool;

    /// Reads what is at the end of `P`, if the kernel has it. Most accesses are reads, so it is without a
    /// closure and as short as can be.
    #[doc(hidden)]
    fn read<S: Space, T: Read<S>, P: Path>(base: *const u8) -> Access<Self, T::Value>;

    /// The same, with the error that the user gets.
    #[doc(hidden)]
    fn read_field<S: Space, T: Read<S>, P: Path>(
        base: *const u8,
    ) -> Result<Self::Out<T::Value>, ReadError>;

    /// What an access gives where the field is there.
    #[doc(hidden)]
    fn present<T>(found: T) -> Self::Out<T>;

    /// What an access gives where the field is absent.
    #[doc(hidden)]
    fn absent<T>() -> Self::Out<T>;

    /// What an access gives that goes on from here, where it gave `found` behind this.
    #[doc(hidden)]
    fn behind<Q: Presence, T>(found: Q::Out<T>) -> <Self::And<Q> as Presence>::Out<T>;

    /// `found`, or `None` where there is nothing.
    #[doc(hidden)]
    fn option<T>(found: Self::Out<T>) -> Option<T>;
}

/// The field is there on every kernel that the program is for. Where it is not,
/// the loader poisons the access and the verifier rejects the program.
pub enum Required {}

/// The field comes and goes: `#[core(optional)]`.
pub enum Optional {}

impl Presence for Required {
    type Out<T> = T;
    type And<Q: Presence> = Q;

    // What is not called here is not compiled at all: a question less for every path.
    #[inline(always)]
    fn is_there(_: impl FnOnce() -> bool) -> bool {
        true
    }

    #[inline(always)]
    fn read<S: Space, T: Read<S>, P: Path>(base: *const u8) -> Access<Self, T::Value> {
        Access(T::read::<P>(base))
    }

    #[inline(always)]
    fn read_field<S: Space, T: Read<S>, P: Path>(base: *const u8) -> Result<T::Value, ReadError> {
        T::field::<P>(base)
    }

    #[inline(always)]
    fn present<T>(found: T) -> T {
        found
    }

    #[inline(always)]
    fn absent<T>() -> T {
        // SAFETY: only an access that is `Optional` finds nothing, and `And` of that is never
        // `Required`.
        unsafe { core::hint::unreachable_unchecked() }
    }

    #[inline(always)]
    fn behind<Q: Presence, T>(found: Q::Out<T>) -> Q::Out<T> {
        found
    }

    #[inline(always)]
    fn option<T>(found: T) -> Option<T> {
        Some(found)
    }
}

impl Presence for Optional {
    type Out<T> = Option<T>;
    type And<Q: Presence> = Optional;

    #[inline(always)]
    fn is_there(ask: impl FnOnce() -> bool) -> bool {
        ask()
    }

    #[inline(always)]
    fn read<S: Space, T: Read<S>, P: Path>(base: *const u8) -> Access<Self, T::Value> {
        match field_exists::<P>() {
            true => Access(T::read::<P>(base).map(Some)),
            false => Access(Ok(None)),
        }
    }

    #[inline(always)]
    fn read_field<S: Space, T: Read<S>, P: Path>(
        base: *const u8,
    ) -> Result<Option<T::Value>, ReadError> {
        match field_exists::<P>() {
            true => T::field::<P>(base).map(Some),
            false => Ok(None),
        }
    }

    #[inline(always)]
    fn present<T>(found: T) -> Option<T> {
        Some(found)
    }

    #[inline(always)]
    fn absent<T>() -> Option<T> {
        None
    }

    #[inline(always)]
    fn behind<Q: Presence, T>(found: Q::Out<T>) -> Option<T> {
        Q::option(found)
    }

    #[inline(always)]
    fn option<T>(found: Option<T>) -> Option<T> {
        found
    }
}

/// What `get` gives, if the kernel has what is at the end of `P`.
#[inline(always)]
pub(crate) fn if_there<P: Path, T>(get: impl FnOnce() -> T) -> <P::Presence as Presence>::Out<T> {
    match P::Presence::is_there(field_exists::<P>) {
        true => P::Presence::present(get()),
        false => P::Presence::absent(),
    }
}

/// What came of an access, with `Q`: the result alone does not tell whether a pointer before it
/// makes it optional.
#[must_use]
pub struct Access<Q: Presence, T>(pub(crate) Result<Q::Out<T>, Code>);
