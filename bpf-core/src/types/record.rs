//! Structs and unions of the kernel: the traits that `#[derive(CoreStruct)]` implements.

use core::marker::PhantomData;

use crate::{
    contract::relocation::{FieldPtr, Info},
    path::{number::Number, presence::Presence},
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
    /// A struct that has a [`FieldOf`] for each field, under the field's own name. The macros choose
    /// from it, and editors complete its names.
    #[doc(hidden)]
    type Fields;

    #[doc(hidden)]
    const FIELDS: Self::Fields;

    /// The fields as descriptors have them, by their numbers.
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

/// A field as descriptors have it. The derive writes the text, so the compiler need not compute it.
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

/// A field, by its [`FieldOf`]. A bound on this trait makes no second error where the compiler does not
/// know the field.
pub trait Field {
    /// The record it is a field of.
    type Record: CoreStruct;

    /// Its type.
    type Type: CoreType;

    /// Whether every kernel has it.
    type Presence: Presence;

    /// The field as descriptors have it.
    const STEP: Step;
}

impl<S: CoreStruct, N: Number, T: CoreType, Q: Presence> Field for FieldOf<S, N, T, Q> {
    type Record = S;
    type Type = T;
    type Presence = Q;
    const STEP: Step = S::STEPS[N::NUMBER];
}
