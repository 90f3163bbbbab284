//! A path to the calls that walk it.
//!
//! Each call stands at the token that asked for it, so that a bound which does not hold
//! is reported there.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, spanned::Spanned};

use super::{
    Form, From,
    parse::{Access, Base, Hop, Step},
};

pub(super) fn expand<F: Form>(access: &Access) -> TokenStream {
    let function = F::FUNCTION;
    let (base, place) = (
        ours("base", Span::call_site()),
        ours("place", Span::call_site()),
    );
    let address = |pointer: &Expr| {
        let address = quote_spanned!(pointer.span()=> ::bpf_core::__private::base);
        quote!(let #base = #address(#pointer);)
    };
    let first = access
        .first
        .as_ref()
        .map(|first| (ours("first", first.span()), first));
    let bind_first = first.as_ref().map(|(name, first)| match F::FROM {
        // The type has a `&mut` variable of the user borrowed again, where it would be moved.
        From::Pointer => quote_spanned!(first.span()=> let #name: &mut _ = #first;),
        _ => quote!(let #name = #first;),
    });
    let first = first.as_ref().map(|(name, _)| name);
    let bound = access.last.as_ref();
    match &access.base {
        Base::Type(ty) => {
            let root = quote_spanned!(ty.span()=> ::bpf_core::__private::root_of::<<#ty as ::bpf_core::CoreStruct>::Itself>());
            let question = question(&access.hops, function, first, bound);
            quote!({
                #bind_first
                let #place = #root;
                #question
            })
        }
        Base::Pointee(pointer) => {
            let address = address(pointer);
            let question = question(&access.hops, function, first, bound);
            quote!({
                #bind_first
                #address
                let #place = ::bpf_core::__private::root(#base);
                #question
            })
        }
        Base::Pointer(pointer) => match &access.last {
            Some(value) => {
                let address = quote_spanned!(pointer.span()=> ::bpf_core::__private::base_mut);
                let hop = &access.hops[0];
                let walk = walk(hop);
                let function = named(function, hop.end());
                let function = quote_spanned!(hop.end()=> ::bpf_core::__private::#function);
                let end = ours("place", hop.end());
                quote!({
                    let #base = #address(#pointer);
                    let #place = ::bpf_core::__private::root(#base);
                    #walk
                    let #place = &#place;
                    #function(#base, #end, #value)
                })
            }
            None => {
                let address = address(pointer);
                let access = hops(&access.hops, function, first);
                quote!(::bpf_core::__private::finish({
                    #bind_first
                    #address
                    #access
                }))
            }
        },
    }
}

/// Gives the last place to `function`. Nothing is read: behind a comma stands the root of what
/// the pointer before it is declared to point to.
fn question(
    hops: &[Hop],
    function: &str,
    first: Option<&Ident>,
    bound: Option<&Expr>,
) -> TokenStream {
    let place = ours("place", Span::call_site());
    let mut question = TokenStream::new();
    for hop in hops {
        question.extend(walk(hop));
        question.extend(match hop.comma {
            Some(comma) => {
                let pointer = called("comma", comma);
                quote!(let #place = ::bpf_core::__private::pointee(#pointer);)
            }
            None => {
                let function = named(function, hop.end());
                match (first, bound) {
                    (Some(head), Some(bound)) => {
                        let list = quote_spanned!(head.span()=> ::bpf_core::__private::list);
                        let linked = quote_spanned!(hop.end()=> .#function(&#place));
                        let entries = quote_spanned!(bound.span()=> .entries::<{ #bound }>());
                        quote!(#list(#head) #linked #entries)
                    }
                    _ => {
                        let first = first.map(|first| quote!(, #first));
                        quote!(::bpf_core::__private::#function(&#place #first))
                    }
                }
            }
        });
    }
    question
}

/// Follows every hop but the last, and gives that to `function`.
fn hops(hops: &[Hop], function: &str, first: Option<&Ident>) -> TokenStream {
    let (hop, rest) = hops.split_first().expect("a path has a hop");
    let call_site = Span::call_site();
    let (base, place, why) = (
        ours("base", call_site),
        ours("place", call_site),
        ours("why", call_site),
    );
    let last = match (rest.is_empty(), hop.comma) {
        (false, Some(comma)) => {
            let follow = self::hops(rest, function, first);
            let pointer = called("comma", comma);
            let walk = walk(hop);
            quote! {
                let #place = ::bpf_core::__private::root(#base);
                #walk
                let #place = #pointer;
                match ::bpf_core::__private::follow(#base, &#place) {
                    ::bpf_core::__private::Followed::To(#base) => {
                        ::bpf_core::__private::behind(&#place, #follow)
                    }
                    ::bpf_core::__private::Followed::Stopped(#why) => {
                        ::bpf_core::__private::stopped(#why)
                    }
                }
            }
        }
        _ => {
            let end = ours("place", hop.end());
            let call = named(function, hop.end());
            let call = quote_spanned!(call.span()=> ::bpf_core::__private::#call);
            let first = first.map(|first| quote!(, #first));
            let walk = match hop.steps.is_empty() {
                true => {
                    let chosen = chosen(&hop.field);
                    quote!(let #place = &::bpf_core::__private::fields_at(#base) #chosen;)
                }
                false => {
                    let walk = walk(hop);
                    quote! {
                        let #place = ::bpf_core::__private::root(#base);
                        #walk
                        let #place = &#place;
                    }
                }
            };
            quote! {
                #walk
                #call(#base, #end #first)
            }
        }
    };
    quote!({ #last })
}

/// Takes `place` from a record to what `hop` names in it.
fn walk(hop: &Hop) -> TokenStream {
    let (place, field) = (
        ours("place", Span::call_site()),
        ours("field", Span::call_site()),
    );
    let member = |name: &Ident| {
        let chosen = chosen(name);
        quote! {
            let #field = ::bpf_core::__private::fields(&#place) #chosen;
            let #place = ::bpf_core::__private::member_place(#place, #field);
        }
    };
    let mut walk = member(&hop.field);
    for step in &hop.steps {
        walk.extend(match step {
            Step::Dot(dot, field) => {
                let (record, member) = (called("dot", *dot), member(field));
                quote!(let #place = #record; #member)
            }
            Step::Index(brackets, index) => {
                let at = index.span();
                let array = called("elements", *brackets);
                let shape = ours("shape", at);
                // For the lint on constants that are out of bounds: in a closure, as it is not
                // to be run; all of it at the user's own token, as the lint is silent in code of
                // a macro; and as the field of a struct, where a wrong type is the same error
                // that it is in `element`, of which the compiler prints one.
                let checked = quote_spanned!(at=> (#shape)[::bpf_core::__private::At { index: #index }.index]);
                quote! {
                    let (#place, #shape) = #array;
                    let _ = || { let _ = #checked; };
                    let #place = #place.element::<{ #index }>();
                }
            }
        });
    }
    walk
}

/// The choice of a field.
fn chosen(name: &Ident) -> TokenStream {
    quote_spanned!(name.span()=> .#name)
}

/// A method of the place, called at the token that stands for it.
fn called(method: &str, at: Span) -> TokenStream {
    let (place, method) = (ours("place", at), named(method, at));
    quote_spanned!(place.span()=> #place.#method())
}

impl Hop {
    /// The token that names what the hop ends at.
    pub(super) fn end(&self) -> Span {
        match self.steps.last() {
            None => self.field.span(),
            Some(Step::Dot(_, field)) => field.span(),
            Some(Step::Index(brackets, _)) => *brackets,
        }
    }
}

/// A variable of ours, which no code of the user sees. It sees the user's constants and
/// statics, which a `let` cannot shadow: hence the underscores.
fn ours(name: &str, at: Span) -> Ident {
    named(&format!("__{name}"), at)
}

/// A function of ours.
fn named(name: &str, at: Span) -> Ident {
    Ident::new(name, Span::mixed_site().located_at(at))
}
