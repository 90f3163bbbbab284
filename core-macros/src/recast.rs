//! `core_recast!`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    Error, Expr, Result, Token, Type,
    parse::{ParseStream, Parser},
    spanned::Spanned,
};

use crate::stages::{self, Errors};

const USAGE: &str =
    "write a pointer and the type to cast it to, as in `core_recast!(task, task_struct___v5)`";

/// A pointer, and the struct that it is to point to.
struct Recast {
    pointer: Expr,
    to: Type,
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    stages::expression(parse.parse2(input), check, call)
}

fn parse(input: ParseStream) -> Result<Recast> {
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
    input.parse::<Option<Token![,]>>()?;
    match input.is_empty() {
        true => Ok(Recast { pointer, to }),
        false => Err(input.error("nothing follows the type: remove this")),
    }
}

fn check(recast: Recast, errors: &mut Errors) -> Option<Recast> {
    if let Type::Ptr(_) | Type::Reference(_) = recast.to {
        errors.push(Error::new_spanned(
            recast.to,
            "write the struct alone: the kind of pointer stays the same",
        ));
        return None;
    }
    Some(recast)
}

fn call(Recast { pointer, to }: &Recast) -> TokenStream {
    let recast = quote_spanned!(pointer.span()=> ::bpf_core::__private::recast);
    let to = quote_spanned!(to.span()=> .to::<#to>());
    quote!(#recast(#pointer) #to)
}
