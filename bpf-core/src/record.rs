//! What the derives implement.

use core::marker::PhantomData;

use crate::{presence::Presence, types::CoreType};

/// A struct or union of the kernel, as far as the program needs it. Implemented by
/// `#[derive(CoreStruct)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a kernel struct",
    label = "`{Self}` has no `#[derive(CoreStruct)]`",
    note = "declare the fields that you read, and write `#[derive(CoreStruct)]` above the struct",
    note = "a pointer to something else, as `*mut c_void`, has to be cast to the struct first"
)]
pub trait CoreStruct: CoreType {
    /// A struct with a [`FieldOf`] a field, under the field's own name: what the macros
    /// choose from, and editors complete.
    #[doc(hidden)]
    type Fields;

    #[doc(hidden)]
    const FIELDS: Self::Fields;

    /// `Self`. A type that is no `CoreStruct` has none, and so one error silences those
    /// that would follow from it.
    #[doc(hidden)]
    type Itself: CoreStruct;

    /// The kernel's name, without a flavour.
    #[doc(hidden)]
    type Name;
}

/// Field number `N` of a record.
pub trait Field<const N: usize> {
    /// The kernel's name for it.
    const NAME: &'static str;

    /// Its type.
    type Type: CoreType;

    /// Whether every kernel has it.
    type Presence: Presence;
}

/// Names field number `N` of the record `S`.
pub struct FieldOf<S, const N: usize>(PhantomData<S>);

impl<S, const N: usize> FieldOf<S, N> {
    /// The name.
    pub const NAME: Self = Self(PhantomData);
}
