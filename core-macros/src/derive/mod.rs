//! `#[derive(CoreStruct)]`, `#[derive(CoreEnum)]` and `#[derive(Plain)]`. `syn` parses their input, and
//! `attributes.rs` what is in `#[core(...)]`; each has a folder with the other two stages.
//!
//! A derive reports all mistakes. Beside them it makes the implementations, so a use of the type is no
//! further error.

mod attributes;
pub(crate) mod enumeration;
mod field_type;
mod markers;
mod name;
pub(crate) mod plain;
pub(crate) mod record;
mod target;

use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::{Error, Generics, ext::IdentExt};

use crate::stages::Errors;

/// Whether a type has parameters, which is a mistake.
fn has_parameters(generics: &Generics, what: &str, errors: &mut Errors) -> bool {
    let has_some = !generics.params.is_empty();
    if has_some {
        errors.push(Error::new_spanned(
            &generics.params,
            format!("{what} has no parameters: remove them"),
        ));
    }
    has_some
}

/// The name of the struct that has the fields or enumerators of `ident`, from which macros choose one. The
/// compiler prints it.
fn choice_ident(ident: &Ident, what: &str) -> Ident {
    let name = ident.unraw();
    match name.to_string().starts_with(char::is_uppercase) {
        true => {
            let (first, rest) = what.split_at(1);
            let first = first.to_uppercase();
            format_ident!("{name}{first}{rest}", span = Span::call_site())
        }
        false => format_ident!("{name}_{what}", span = Span::call_site()),
    }
}
