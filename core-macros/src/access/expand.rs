//! A path to the calls that walk it.
//!
//! Each call stands at the token that asked for it, so that a bound which does not hold
//! is reported there.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, Type, spanned::Spanned};

use super::{
    Form,
    parse::{Access, Hop, Root, Step},
};

pub(super) fn expand(form: Form, access: &Access) -> TokenStream {
    let function = form.function();
    let (base, place) = (
        ours("base", Span::call_site()),
        ours("place", Span::call_site()),
    );
    match access {
        Access::Read {
            destination,
            base: pointer,
            hops,
        } => {
            let destination = destination.as_ref().map(|destination| {
                let name = ours("first", destination.span());
                // The type has a `&mut` variable of the user borrowed again, where it would be moved.
                let binding =
                    quote_spanned!(destination.span()=> let #name: &mut _ = #destination;);
                (name, binding)
            });
            let (name, binding) = destination.unzip();
            let address = address("base", pointer);
            let access = self::hops(hops, function, name.as_ref());
            quote!(::bpf_core::__private::finish({
                #binding
                #address
                #access
            }))
        }
        Access::Write {
            base: pointer,
            place: hop,
            value,
        } => {
            let address = address("base_mut", pointer);
            let walk = walk(hop);
            let function = function_at(function, hop.end());
            let end = ours("place", hop.end());
            quote!({
                #address
                let #place = ::bpf_core::__private::root(#base);
                #walk
                let #place = &#place;
                #function(#base, #end, #value)
            })
        }
        Access::Question { root, hops } => {
            let root = match root {
                Root::Type(of) => root_of(of),
                Root::Pointee(pointer) => {
                    let address = address("base", pointer);
                    quote! {
                        #address
                        let #place = ::bpf_core::__private::root(#base);
                    }
                }
            };
            let walk = hops.iter().map(pointed_to);
            let function = named(function, hops.last().map_or(Span::call_site(), Hop::end));
            quote!({
                #root
                #(#walk)*
                ::bpf_core::__private::#function(&#place)
            })
        }
        Access::ContainerOf {
            field,
            of,
            place: hop,
        } => {
            let (name, binding) = bound(field);
            let (root, walk) = (root_of(of), walk(hop));
            let function = named(function, hop.end());
            quote!({
                #binding
                #root
                #walk
                ::bpf_core::__private::#function(&#place, #name)
            })
        }
        Access::ListEntries {
            head,
            of,
            place: hop,
            most,
        } => {
            let (name, binding) = bound(head);
            let (root, walk) = (root_of(of), walk(hop));
            let list = quote_spanned!(name.span()=> ::bpf_core::__private::list);
            let linked = named(function, hop.end());
            let linked = quote_spanned!(hop.end()=> .#linked(&#place));
            let entries = quote_spanned!(most.span()=> .entries::<{ #most }>());
            quote!({
                #binding
                #root
                #walk
                #list(#name) #linked #entries
            })
        }
    }
}

/// An argument that is evaluated before the base: the variable that holds it, and the `let`.
fn bound(argument: &Expr) -> (Ident, TokenStream) {
    let name = ours("first", argument.span());
    let binding = quote!(let #name = #argument;);
    (name, binding)
}

/// The address of the base.
fn address(function: &str, pointer: &Expr) -> TokenStream {
    let base = ours("base", Span::call_site());
    let function = Ident::new(function, pointer.span());
    let address = quote_spanned!(pointer.span()=> ::bpf_core::__private::#function);
    quote!(let #base = #address(#pointer);)
}

/// The place of a type as a whole.
fn root_of(of: &Type) -> TokenStream {
    let place = ours("place", Span::call_site());
    let root = quote_spanned!(of.span()=> ::bpf_core::__private::root_of::<<#of as ::bpf_core::CoreStruct>::Itself>());
    quote!(let #place = #root;)
}

/// Takes `place` from a record to the last place of `hop`, or to what the pointer there is declared
/// to point to. Nothing is read.
fn pointed_to(hop: &Hop) -> TokenStream {
    let place = ours("place", Span::call_site());
    let walk = walk(hop);
    let follow = hop.comma.map(|comma| {
        let pointer = called("comma", comma);
        quote!(let #place = ::bpf_core::__private::pointee(#pointer);)
    });
    quote!(#walk #follow)
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
            let call = function_at(function, hop.end());
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

/// A function of ours, called at the token that stands for it.
fn function_at(name: &str, at: Span) -> TokenStream {
    let name = named(name, at);
    quote_spanned!(at=> ::bpf_core::__private::#name)
}

/// A name of ours.
fn named(name: &str, at: Span) -> Ident {
    Ident::new(name, Span::mixed_site().located_at(at))
}
