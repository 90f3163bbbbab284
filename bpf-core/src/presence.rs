//! Whether every kernel has a field.

use crate::{error::Code, path::Path, read::Read, relocation::field_exists, space::Space};

/// [`Required`] or [`Optional`].
pub trait Presence {
    /// What an access gives: `T`, or `Option<T>` where the field may be absent.
    type Out<T>;

    /// The presence of a path that needs both.
    type And<Q: Presence>: Presence;

    /// Whether it is there, by `ask` if that is a question at all.
    #[doc(hidden)]
    fn is_there(ask: impl FnOnce() -> bool) -> bool;

    #[doc(hidden)]
    fn out<T>(found: Option<T>) -> Self::Out<T>;

    /// What `get` gives, if the kernel has what is at the end of `P`.
    #[doc(hidden)]
    fn get<P: Path, T>(get: impl FnOnce() -> Result<T, Code>) -> Result<Self::Out<T>, Code>;

    /// Reads what is at the end of `P`, if the kernel has it. The same as `get` of it, without a
    /// closure: most accesses are reads.
    #[doc(hidden)]
    fn read<S: Space, T: Read<S>, P: Path>(base: *const u8) -> Result<Self::Out<T::Value>, Code>;

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
    fn is_there(_ask: impl FnOnce() -> bool) -> bool {
        true
    }

    #[inline(always)]
    fn out<T>(found: Option<T>) -> T {
        match found {
            Some(value) => value,
            // SAFETY: only an access that is `Optional` makes `None`, and `And` of that
            // is never `Required`.
            None => unsafe { core::hint::unreachable_unchecked() },
        }
    }

    #[inline(always)]
    fn get<P: Path, T>(get: impl FnOnce() -> Result<T, Code>) -> Result<T, Code> {
        get()
    }

    #[inline(always)]
    fn read<S: Space, T: Read<S>, P: Path>(base: *const u8) -> Result<T::Value, Code> {
        T::read::<P>(base)
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
    fn out<T>(found: Option<T>) -> Option<T> {
        found
    }

    #[inline(always)]
    fn get<P: Path, T>(get: impl FnOnce() -> Result<T, Code>) -> Result<Option<T>, Code> {
        match field_exists::<P>() {
            true => get().map(Some),
            false => Ok(None),
        }
    }

    #[inline(always)]
    fn read<S: Space, T: Read<S>, P: Path>(base: *const u8) -> Result<Option<T::Value>, Code> {
        match field_exists::<P>() {
            true => T::read::<P>(base).map(Some),
            false => Ok(None),
        }
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

/// What came of an access, with `Q`: the result alone does not tell whether a pointer before it
/// makes it optional.
#[must_use]
pub struct Access<Q: Presence, T>(pub(crate) Result<Q::Out<T>, Code>);
