//! `#[derive(CoreEnum)]`.

mod check;
mod expand;

use proc_macro2::{Ident, TokenStream};

use crate::stages;

/// An enum of the kernel.
struct Enumeration<'a> {
    ident: &'a Ident,
    kernel_name: String,
    /// The integer that holds it.
    repr: Ident,
    enumerators: Vec<Enumerator<'a>>,
    /// Whether each enumerator is a number. A variant with fields, which is an error already, leaves none.
    is_numbers: bool,
}

/// An enumerator of it.
struct Enumerator<'a> {
    ident: &'a Ident,
    kernel_name: String,
    optional: bool,
}

pub(crate) fn derive(input: TokenStream) -> TokenStream {
    let input = syn::parse2(input);
    let input = input.as_ref().map_err(Clone::clone);
    stages::items(input, check::check, expand::expand)
}
