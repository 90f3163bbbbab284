//! Whether every kernel has a field.

use crate::error::Code;

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
}

/// What came of an access, before it is known whether the whole path is optional:
/// `Ok(None)` is an absent field.
#[must_use]
pub struct Access<Q, T> {
    pub(crate) result: Result<Option<T>, Code>,
    pub(crate) presence: core::marker::PhantomData<fn() -> Q>,
}

impl<Q: Presence, T> Access<Q, T> {
    #[inline(always)]
    pub(crate) fn new(result: Result<Option<T>, Code>) -> Self {
        Self {
            result,
            presence: core::marker::PhantomData,
        }
    }
}
