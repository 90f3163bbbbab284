//! What the derives implement.

use core::marker::PhantomData;

use crate::{
    number::Number,
    presence::Presence,
    relocation::{FieldPtr, Info},
    types::CoreType,
};

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

    /// What the descriptors say of the fields, by their numbers.
    #[doc(hidden)]
    const STEPS: &'static [Step];

    /// `Self`. A type that is no `CoreStruct` has none, and so one error silences those
    /// that would follow from it.
    #[doc(hidden)]
    type Itself: CoreStruct;

    /// The kernel's name, without a flavour.
    #[doc(hidden)]
    type Name;
}

/// What a descriptor says of a field. What the derive spells out, the compiler need not compute.
#[derive(Clone, Copy)]
pub struct Step {
    /// `.name:`
    pub name: &'static str,
    /// The marker of the field's address, if the derive knows the text of the field's type.
    pub field_ptr: Option<FieldPtr>,
    /// The marker that tells whether the kernel has the field, for an optional one.
    pub field_exists: Option<Info>,
}

/// Field number `N` of the record `S`: of type `T`, and `Q` says whether every kernel has it. It
/// holds nothing: the derive gives one for each field.
pub struct FieldOf<S, N, T, Q>(PhantomData<(S, N, T, Q)>);

impl<S, N, T, Q> FieldOf<S, N, T, Q> {
    /// The field.
    pub const HERE: Self = Self(PhantomData);
}

/// What a [`FieldOf`] says. Where the compiler does not know the field, nothing is left of this
/// bound that could be an error too.
pub trait Field {
    /// The record it is a field of.
    type Record: CoreStruct;

    /// Its type.
    type Type: CoreType;

    /// Whether every kernel has it.
    type Presence: Presence;

    /// What a descriptor says of it.
    const STEP: Step;
}

impl<S: CoreStruct, N: Number, T: CoreType, Q: Presence> Field for FieldOf<S, N, T, Q> {
    type Record = S;
    type Type = T;
    type Presence = Q;
    const STEP: Step = S::STEPS[N::NUMBER];
}
