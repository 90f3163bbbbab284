//! `#[derive(Plain)]`.

mod check;
mod expand;

use proc_macro2::{Ident, TokenStream};
use syn::Type;

use crate::stages;

/// How the bytes of the type are laid out.
enum Layout<'a> {
    /// As C does it. Holds the name of the type in descriptors.
    C(String),
    /// As this one field.
    Transparent(&'a Type),
}

/// A type that one copy of bytes reads.
struct Plain<'a> {
    ident: &'a Ident,
    is_union: bool,
    layout: Layout<'a>,
    fields: Vec<&'a Type>,
}

pub(crate) fn derive(input: TokenStream) -> TokenStream {
    let input = syn::parse2(input);
    let input = input.as_ref().map_err(Clone::clone);
    stages::items(input, check::check, expand::expand)
}
