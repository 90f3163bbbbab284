//! `#[derive(CoreStruct)]`, `#[derive(CoreEnum)]` and `#[derive(Plain)]`.
//!
//! A derive reports everything it finds, and makes the implementations all the same, so
//! that what uses the type has no errors of its own.

mod attributes;
pub(crate) mod enumeration;
mod field_type;
mod markers;
pub(crate) mod plain;
pub(crate) mod record;

use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;
use syn::{Error, Generics, ext::IdentExt};

/// The mistakes found so far.
#[derive(Default)]
struct Errors(Option<Error>);

impl Errors {
    fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }

    fn into_compile_errors(self) -> TokenStream {
        self.0.map(Error::into_compile_error).unwrap_or_default()
    }
}

fn no_generics(generics: &Generics, what: &str, errors: &mut Errors) {
    if !generics.params.is_empty() {
        errors.push(Error::new_spanned(
            &generics.params,
            format!("{what} of the kernel has no parameters: remove them"),
        ));
    }
}

/// The name of the struct that a macro chooses a name of `ident` from: compilers print it.
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
