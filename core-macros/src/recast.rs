//! `core_recast!`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    Error, Expr, Result, Token, Type,
    parse::{ParseStream, Parser},
    spanned::Spanned,
};

const USAGE: &str =
    "write a pointer and the type to cast it to, as in `core_recast!(task, task_struct___v5)`";

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    match parse.parse2(input) {
        Ok((pointer, to)) => call(&pointer, &to),
        Err(error) => error.into_compile_error(),
    }
}

fn parse(input: ParseStream) -> Result<(Expr, Type)> {
    if input.is_empty() {
        return Err(Error::new(Span::call_site(), USAGE));
    }
    let pointer: Expr = input.parse()?;
    if input.is_empty() {
        return Err(Error::new_spanned(pointer, USAGE));
    }
    let comma: Token![,] = input
        .parse()
        .map_err(|error| Error::new(error.span(), USAGE))?;
    if input.is_empty() {
        return Err(Error::new(comma.span, USAGE));
    }
    let to: Type = input.parse()?;
    if let Type::Ptr(_) | Type::Reference(_) = to {
        return Err(Error::new_spanned(
            to,
            "write the struct alone: the kind of pointer stays the same",
        ));
    }
    input.parse::<Option<Token![,]>>()?;
    match input.is_empty() {
        true => Ok((pointer, to)),
        false => Err(input.error("nothing follows the type: remove this")),
    }
}

fn call(pointer: &Expr, to: &Type) -> TokenStream {
    let recast = quote_spanned!(pointer.span()=> ::bpf_core::__private::recast);
    let to = quote_spanned!(to.span()=> .to::<#to>());
    quote!(#recast(#pointer) #to)
}
