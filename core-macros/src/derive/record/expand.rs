//! The traits of a struct or union, and the markers of its fields.

use std::collections::HashSet;

use bpf_core_kernel_facts::flavour::essential_name;
use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};

use super::number::number;
use super::{Record, whole};
use crate::derive::{choice_ident, field_type, markers::Markers};

pub(super) fn expand(record: &Record<'_>) -> TokenStream {
    let Record {
        ident,
        kind,
        kernel_name,
        typedef,
        fields,
        ..
    } = record;
    let choice = choice_ident(ident, "fields");
    let tag = match typedef {
        true => format!("typedef {kind} {kernel_name}"),
        false => format!("{kind} {kernel_name}"),
    };

    let name = name_type(essential_name(kernel_name));

    let names: Vec<_> = fields.iter().map(|field| field.ident).collect();
    let visibilities = fields.iter().map(|field| field.vis);
    let numbers = (0..fields.len()).map(number);
    // What is wrong with a type is found where it is checked, and told once.
    let types = fields.iter().map(|field| match field.bitfield {
        true => {
            let declared = of_record(field.declared.to_token_stream(), ident);
            quote!(::bpf_core::__private::Bitfield<#declared>)
        }
        false => of_record(field.core_type.clone(), ident),
    });
    let presences = fields.iter().map(|field| match field.optional {
        true => quote!(Optional),
        false => quote!(Required),
    });
    let mut markers = Markers::default();
    let steps: Vec<_> = fields
        .iter()
        .enumerate()
        .map(|(number, field)| {
            let name = format!(".{}:", field.kernel_name);
            let of = field_type::descriptor(field.declared);
            let path = of.map(|of| format!("{tag}{name}{of}"));
            let field_ptr = markers.field_ptr(number, path.as_deref());
            let field_exists =
                markers.field_exists(number, path.as_deref().filter(|_| field.optional));
            quote!(::bpf_core::__private::Step {
                name: #name,
                field_ptr: #field_ptr,
                field_exists: #field_exists,
            })
        })
        .collect();
    let declaration = declaration(record);
    let uses = uses(record);
    let whole = record.is_readable.then(|| whole::expand(record));
    // The compiler takes its time for each.
    let checked = fields
        .iter()
        .filter(|field| field.bitfield || field_type::descriptor(field.declared).is_none())
        .map(|field| of_record(field.core_type.clone(), ident));

    quote! {
        const _: () = {
            #[allow(dead_code, non_camel_case_types, non_snake_case)]
            pub struct #choice {
                #(#visibilities #names: ::bpf_core::__private::FieldOf<
                    #ident, #numbers, #types, ::bpf_core::__private::#presences
                >,)*
            }

            // An error about another type need not list this one.
            #[diagnostic::do_not_recommend]
            #[automatically_derived]
            impl ::bpf_core::CoreType for #ident {
                const TYPE: ::bpf_core::__private::Text =
                    ::bpf_core::__private::Text(&[::bpf_core::__private::Piece::Str(#tag)]);
                type At<__P: ::bpf_core::__private::Path> = ::bpf_core::__private::Record<__P, Self>;
            }

            #[diagnostic::do_not_recommend]
            #[automatically_derived]
            impl ::bpf_core::Named for #ident {}

            #[diagnostic::do_not_recommend]
            #[automatically_derived]
            impl ::bpf_core::CoreStruct for #ident {
                type Fields = #choice;
                const FIELDS: #choice = #choice { #(#names: ::bpf_core::__private::FieldOf::HERE,)* };
                const STEPS: &'static [::bpf_core::__private::Step] = {
                    #markers
                    &[#(#steps),*]
                };
                type Itself = Self;
                type Name = #name;
            }

            #[diagnostic::do_not_recommend]
            #[automatically_derived]
            impl ::bpf_core::__private::Declares<#name> for #ident {}

            #declaration

            #[allow(dead_code)]
            fn check(record: &#ident) {
                #(::bpf_core::__private::field_type::<#checked>();)*
                #uses
            }
        };

        #whole
    }
}

/// A type that stands in the record, for use outside of it.
fn of_record(ty: TokenStream, record: &Ident) -> TokenStream {
    let token = |token| match token {
        TokenTree::Ident(name) if name == "Self" => {
            let mut record = record.clone();
            record.set_span(name.span());
            TokenTree::Ident(record)
        }
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), of_record(group.stream(), record));
            inner.set_span(group.span());
            TokenTree::Group(inner)
        }
        other => other,
    };
    ty.into_iter().map(token).collect()
}

/// Names the fields: what a macro reads is not seen by the lint for dead code.
fn uses(record: &Record<'_>) -> TokenStream {
    let ident = record.ident;
    let names = record.fields.iter().map(|field| field.ident);
    match record.kind {
        // To name the field of a union is unsafe.
        "union" => quote!(#(let _ = ::core::mem::offset_of!(#ident, #names);)*),
        _ => quote!(#(let _ = record.#names;)*),
    }
}

/// Each of them once: a bound takes time to check, and many fields have one type.
fn distinct(types: impl Iterator<Item = TokenStream>) -> Vec<TokenStream> {
    let mut seen = HashSet::new();
    types.filter(|ty| seen.insert(ty.to_string())).collect()
}

/// A name as a type: equal for equal names.
fn name_type(name: &str) -> TokenStream {
    name.as_bytes().rchunks(16).fold(quote!(()), |rest, bytes| {
        let bytes = bytes
            .iter()
            .fold(0, |number, &byte| number << 8 | u128::from(byte));
        quote!(::bpf_core::__private::Name<#bytes, #rest>)
    })
}

/// What `type_matches` compares. A field that is optional or a bit-field is declared to differ
/// between kernels, and so is not among it.
fn declaration(record: &Record<'_>) -> TokenStream {
    let ident = record.ident;
    let compared = record
        .fields
        .iter()
        .filter(|field| !field.optional && !field.bitfield);
    // What stands between a type and the next belongs to the name.
    let (names, types): (Vec<_>, Vec<_>) = compared
        .enumerate()
        .map(|(number, field)| {
            let before = if number == 0 { "{" } else { "," };
            let name = format!("{before}{}:", field.kernel_name);
            (name, field_type::spelled_as_in_c(field.declared))
        })
        .unzip();
    let end = if names.is_empty() { "{}" } else { ",}" };
    let bounds = distinct(types.iter().cloned());
    quote! {
        impl<__L> ::bpf_core::__private::Declared<__L> for #ident
        where
            #(#bounds: ::bpf_core::__private::Declared<__L>,)*
        {
            const DECLARATION: ::bpf_core::__private::Text =
                ::bpf_core::__private::Text(&[
                    ::bpf_core::__private::Piece::Text(<Self as ::bpf_core::CoreType>::TYPE),
                    #(::bpf_core::__private::Piece::Str(#names),
                    ::bpf_core::__private::Piece::Text(
                        <#types as ::bpf_core::__private::Declared<__L>>::DECLARATION
                    ),)*
                    ::bpf_core::__private::Piece::Str(#end),
                ]);
        }

        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl<__L> ::bpf_core::__private::BehindPointer<__L> for #ident {
            const BEHIND_POINTER: ::bpf_core::__private::Text = <Self as ::bpf_core::CoreType>::TYPE;
        }
    }
}
