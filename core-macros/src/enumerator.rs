//! `core_enum_value!` and `core_enum_value_exists!`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Error, Expr, ExprPath, Path, Result, punctuated::Punctuated, spanned::Spanned};

const USAGE: &str = "write an enum and its enumerator, as in `pid_type::PIDTYPE_PID`";

/// Gives the named enumerator to a function of `bpf_core::__private`.
pub(crate) fn expand(function: &str, input: TokenStream) -> TokenStream {
    match parse(input) {
        Ok((of, enumerator)) => call(function, &of, &enumerator),
        Err(error) => error.into_compile_error(),
    }
}

fn parse(input: TokenStream) -> Result<(Path, Ident)> {
    if input.is_empty() {
        return Err(Error::new(Span::call_site(), USAGE));
    }
    let expression: Expr = syn::parse2(input)?;
    let Expr::Path(ExprPath {
        qself: None, path, ..
    }) = &expression
    else {
        return Err(Error::new_spanned(&expression, USAGE));
    };
    let mut segments: Vec<_> = path.segments.iter().cloned().collect();
    let enumerator = segments
        .pop()
        .filter(|last| last.arguments.is_none() && !segments.is_empty());
    let Some(enumerator) = enumerator else {
        return Err(Error::new_spanned(&expression, USAGE));
    };
    let of = Path {
        leading_colon: path.leading_colon,
        segments: Punctuated::from_iter(segments),
    };
    Ok((of, enumerator.ident))
}

fn call(function: &str, of: &Path, enumerator: &Ident) -> TokenStream {
    let function = Ident::new(function, Span::mixed_site());
    let chosen = quote_spanned!(enumerator.span()=> .#enumerator);
    let all = quote_spanned!(of.span()=> <#of as ::bpf_core::CoreEnum>::ENUMERATORS);
    quote!(::bpf_core::__private::#function(#all #chosen))
}
