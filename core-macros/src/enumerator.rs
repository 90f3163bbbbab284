//! `core_enum_value!` and `core_enum_value_exists!`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Error, Expr, ExprPath, Path, Result, punctuated::Punctuated, spanned::Spanned};

use crate::stages::{self, Errors};

const USAGE: &str = "write an enum and its enumerator, as in `pid_type::PIDTYPE_PID`";

/// An enumerator and its enum.
struct Enumerator {
    of: Path,
    name: Ident,
}

/// Calls a function of `bpf_core::__private` with the enumerator that `input` names.
pub(crate) fn expand(function: &str, input: TokenStream) -> TokenStream {
    stages::expression(parse(input), check, |enumerator| call(function, enumerator))
}

fn parse(input: TokenStream) -> Result<Expr> {
    match input.is_empty() {
        true => Err(Error::new(Span::call_site(), USAGE)),
        false => syn::parse2(input).map_err(|error| Error::new(error.span(), USAGE)),
    }
}

fn check(expression: Expr, errors: &mut Errors) -> Option<Enumerator> {
    let enumerator = enumerator(&expression);
    if enumerator.is_none() {
        errors.push(Error::new_spanned(&expression, USAGE));
    }
    enumerator
}

fn enumerator(expression: &Expr) -> Option<Enumerator> {
    let Expr::Path(ExprPath {
        qself: None, path, ..
    }) = expression
    else {
        return None;
    };
    let mut segments: Vec<_> = path.segments.iter().cloned().collect();
    let last = segments.pop()?;
    let is_named = last.arguments.is_none() && !segments.is_empty();
    is_named.then(|| Enumerator {
        of: Path {
            leading_colon: path.leading_colon,
            segments: Punctuated::from_iter(segments),
        },
        name: last.ident,
    })
}

fn call(function: &str, Enumerator { of, name }: &Enumerator) -> TokenStream {
    let function = Ident::new(function, Span::mixed_site());
    let chosen = quote_spanned!(name.span()=> .#name);
    let all = quote_spanned!(of.span()=> <#of as ::bpf_core::CoreEnum>::ENUMERATORS);
    quote!(::bpf_core::__private::#function(#all #chosen))
}
