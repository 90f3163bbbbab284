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
            if let (Form::Read, [hop]) = (form, &hops[..])
                && hop.steps.is_empty()
            {
                return read_field(pointer, &hop.field);
            }
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
        Access::Element {
            base: pointer,
            hops,
            index,
        } => {
            let (name, binding) = bound(index);
            let address = address("base", pointer);
            let access = self::hops(hops, function, Some(&name));
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
            let walk = walk(hop, fields_at_base());
            let function = function_at(function, hop.end());
            let end = ours("place", hop.end());
            quote!({
                #address
                #walk
                let #place = &#place;
                #function(#base, #end, #value)
            })
        }
        Access::Question { root, hops } => {
            let (address, mut fields) = match root {
                Root::Type(of) => (None, fields_of(of)),
                Root::Pointee(pointer) => (Some(address("base", pointer)), fields_at_base()),
            };
            let walk = hops.iter().map(|hop| {
                let walk = walk(hop, std::mem::take(&mut fields));
                if let Some(comma) = hop.comma {
                    let pointer = called("comma", comma);
                    fields = quote!(::bpf_core::__private::fields_behind(#pointer));
                }
                walk
            });
            let walk: TokenStream = walk.collect();
            let function = named(function, hops.last().map_or(Span::call_site(), Hop::end));
            quote!({
                #address
                #walk
                ::bpf_core::__private::#function(&#place)
            })
        }
        Access::ContainerOf {
            field,
            of,
            place: hop,
        } => {
            let (name, binding) = bound(field);
            let walk = walk(hop, fields_of(of));
            let function = named(function, hop.end());
            quote!({
                #binding
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
            let walk = walk(hop, fields_of(of));
            let list = quote_spanned!(name.span()=> ::bpf_core::__private::list);
            let linked = named(function, hop.end());
            let linked = quote_spanned!(hop.end()=> .#linked(&#place));
            let entries = quote_spanned!(most.span()=> .entries::<{ #most }>());
            quote!({
                #binding
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

/// The read of a field of the struct itself, as most reads are.
fn read_field(pointer: &Expr, field: &Ident) -> TokenStream {
    let base = ours("base", Span::call_site());
    let address = address("base", pointer);
    let [read, fields] =
        ["read_field", "fields_at"].map(|function| function_at(function, field.span()));
    let chosen = quote_spanned!(field.span()=> #fields(#base).#field);
    quote!(::bpf_core::__private::result({
        #address
        #read(#base, #chosen)
    }))
}

/// The fields of a type.
fn fields_of(of: &Type) -> TokenStream {
    quote_spanned!(of.span()=> ::bpf_core::__private::fields_of::<<#of as ::bpf_core::CoreStruct>::Itself>())
}

/// The fields of the record at the base.
fn fields_at_base() -> TokenStream {
    let base = ours("base", Span::call_site());
    quote!(::bpf_core::__private::fields_at(#base))
}

/// Follows every hop but the last, and gives that to `function`.
fn hops(hops: &[Hop], function: &str, first: Option<&Ident>) -> TokenStream {
    let (hop, rest) = hops.split_first().expect("a path has a hop");
    let access = from_base(hop, rest, function, first);
    let at = hop.steps.iter().enumerate();
    let at = at.filter_map(|(number, step)| match step {
        Step::At(brackets, index) => Some((number, *brackets, index)),
        _ => None,
    });
    at.rev().fold(access, |access, (number, brackets, index)| {
        shifted(hop, number, brackets, index, &access)
    })
}

/// An access from a base that is moved on, such that the first element of the array before step `number` is where
/// that of the index was.
fn shifted(
    hop: &Hop,
    number: usize,
    brackets: Span,
    index: &Expr,
    access: &TokenStream,
) -> TokenStream {
    let call_site = Span::call_site();
    let [base, place, why] = ["base", "place", "why"].map(|name| ours(name, call_site));
    let walk = walk_to(hop, number, fields_at_base());
    let array = called("elements", brackets);
    let call = function_at("shifted", brackets);
    quote! {{
        #walk
        let (#place, _) = #array;
        match #call(#base, &#place, #index) {
            ::bpf_core::__private::Followed::To(#base) => #access,
            ::bpf_core::__private::Followed::Stopped(#why) => ::bpf_core::__private::stopped(#why),
        }
    }}
}

/// Reads the pointer at the end of `hop`, and follows the `rest`; the last is given to `function`.
fn from_base(hop: &Hop, rest: &[Hop], function: &str, first: Option<&Ident>) -> TokenStream {
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
            let walk = walk(hop, fields_at_base());
            let points = matches!(function, "pointer" | "element_ptr") && rest.len() == 1;
            let to = match points {
                true => "follow_to_point",
                false => "follow",
            };
            let to = Ident::new(to, call_site);
            quote! {
                #walk
                let #place = #pointer;
                match ::bpf_core::__private::#to(#base, &#place) {
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
                    let (fields, chosen) = (fields_at_base(), chosen(&hop.field));
                    quote!(let #place = &#fields #chosen;)
                }
                false => {
                    let walk = walk(hop, fields_at_base());
                    quote! {
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

/// Takes `place` to what `hop` names in a record with these `fields`.
fn walk(hop: &Hop, fields: TokenStream) -> TokenStream {
    walk_to(hop, hop.steps.len(), fields)
}

/// The same, up to step number `end`.
fn walk_to(hop: &Hop, end: usize, fields: TokenStream) -> TokenStream {
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
    let first = chosen(&hop.field);
    let mut walk = quote!(let #place = ::bpf_core::__private::place(#fields #first););
    for step in &hop.steps[..end] {
        walk.extend(match step {
            Step::Dot(dot, field) => {
                let (record, member) = (called("dot", *dot), member(field));
                quote!(let #place = #record; #member)
            }
            // The base is moved on.
            Step::At(brackets, _) => {
                let array = called("elements", *brackets);
                quote! {
                    let (#place, _) = #array;
                    let #place = #place.element::<0>();
                }
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
            Some(Step::Index(brackets, _) | Step::At(brackets, _)) => *brackets,
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
