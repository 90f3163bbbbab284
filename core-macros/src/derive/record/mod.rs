//! `#[derive(CoreStruct)]`.

mod check;
mod expand;
mod number;
mod whole;

use proc_macro2::{Ident, TokenStream};
use syn::{Type, Visibility};

use crate::stages;

/// A struct or union of the kernel.
struct Record<'a> {
    ident: &'a Ident,
    kind: &'static str,
    kernel_name: String,
    typedef: bool,
    fields: Vec<Field<'a>>,
    /// Whether a read can give the struct as a whole.
    is_readable: bool,
}

/// A field of it.
struct Field<'a> {
    ident: &'a Ident,
    vis: &'a Visibility,
    kernel_name: String,
    optional: bool,
    bitfield: bool,
    declared: &'a Type,
    /// The type that stands for the declared one in a path.
    core_type: TokenStream,
}

pub(crate) fn derive(input: TokenStream) -> TokenStream {
    let input = syn::parse2(input);
    let input = input.as_ref().map_err(Clone::clone);
    stages::items(input, check::check, expand::expand)
}
