//! Presence: tells the types of an access whether every kernel has its fields.

use crate::{
    access::read::Read,
    error::{Code, ReadError},
    path::{Path, field_exists},
    pointer::space::Space,
};

/// [`Required`] or [`Optional`].
pub trait Presence: Sized {
    /// The type of a result: `T`, or `Option<T>` where the field may be absent.
    type Out<T>;

    /// The presence of a path that needs both.
    type And<Q: Presence>: Presence;

    /// Whether the kernel has the field. `ask` asks the kernel, for an optional one.
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

    /// The result where the kernel has the field.
    #[doc(hidden)]
    fn present<T>(found: T) -> Self::Out<T>;

    /// The result where the kernel does not have the field.
    #[doc(hidden)]
    fn absent<T>() -> Self::Out<T>;

    /// The result of a longer access: it goes on behind this place, and gave `found` there.
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

    // It does not call `ask`, so the compiler makes no question for a field that every kernel has.
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

/// Calls `get` if the kernel has the field at the end of `P`.
#[inline(always)]
pub(crate) fn if_there<P: Path, T>(get: impl FnOnce() -> T) -> <P::Presence as Presence>::Out<T> {
    match P::Presence::is_there(field_exists::<P>) {
        true => P::Presence::present(get()),
        false => P::Presence::absent(),
    }
}

/// The result of an access, with its presence `Q` as a type: the result alone does not say whether a
/// pointer on the way makes it optional.
#[must_use]
pub struct Access<Q: Presence, T>(pub(crate) Result<Q::Out<T>, Code>);
