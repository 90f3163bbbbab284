//! `#[derive(CoreEnum)]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Error, Fields, spanned::Spanned};

use super::{
    Errors,
    attributes::{Core, Target},
    no_generics,
};

/// The integers that can hold an enum of the kernel.
const REPRS: [&str; 8] = ["u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64"];

pub(crate) fn expand(input: DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let core = Core::parse_of_type(&input, Target::Enum, &mut errors);
    no_generics(&input.generics, "an enum", &mut errors);

    match &input.data {
        Data::Enum(data) => {
            for variant in &data.variants {
                for attribute in &variant.attrs {
                    if attribute.path().is_ident("core") {
                        errors.push(Error::new_spanned(
                            &attribute.meta,
                            "enumerators are not read by name: remove the attribute",
                        ));
                    }
                }
                if !matches!(variant.fields, Fields::Unit) {
                    errors.push(Error::new_spanned(
                        &variant.fields,
                        "an enumerator of the kernel is a number: remove the fields",
                    ));
                }
            }
        }
        Data::Struct(data) => {
            errors.push(Error::new(
                data.struct_token.span,
                "`CoreEnum` is for enums: a struct of the kernel has `#[derive(CoreStruct)]`",
            ));
            return errors.into_compile_errors();
        }
        Data::Union(data) => {
            errors.push(Error::new(
                data.union_token.span,
                "`CoreEnum` is for enums: a union of the kernel has `#[derive(CoreStruct)]`",
            ));
            return errors.into_compile_errors();
        }
    }
    if !input.generics.params.is_empty() {
        return errors.into_compile_errors();
    }
    let repr = repr(&input).unwrap_or_else(|error| {
        errors.push(error);
        format_ident!("u32")
    });
    let value = quote!(::core::primitive::#repr);

    let ident = &input.ident;
    let variants = match &input.data {
        Data::Enum(data) if errors.0.is_none() => {
            data.variants.iter().map(|variant| &variant.ident).collect()
        }
        _ => Vec::new(),
    };
    let tag = format!("enum {}/{repr}", core.kernel_name(ident));
    let errors = errors.into_compile_errors();
    quote! {
        #errors

        // A kernel's value is never one of them to the lint for dead code.
        const _: () = { #(let _ = #ident::#variants;)* };

        #[automatically_derived]
        impl ::bpf_core::CoreType for #ident {
            const TYPE: ::bpf_core::__private::Text = ::bpf_core::__private::Text::EMPTY.str(#tag);
            type At<P: ::bpf_core::__private::Path> = ::bpf_core::__private::Scalar<P, Self>;
        }

        #[automatically_derived]
        impl ::bpf_core::__private::Read for #ident {
            type Value = #value;

            #[inline(always)]
            fn read<P: ::bpf_core::__private::Path>(
                __base: *const ::core::primitive::u8,
                __field: *const ::core::primitive::u8,
            ) -> ::core::result::Result<#value, ::bpf_core::ReadError> {
                ::bpf_core::__private::plain(__field)
            }
        }
    }
}

fn repr(input: &DeriveInput) -> syn::Result<Ident> {
    let mut found = None;
    let mut other = None;
    for attribute in input
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("repr"))
    {
        attribute.parse_nested_meta(|meta| {
            if let Some(ident) = meta
                .path
                .get_ident()
                .filter(|ident| REPRS.contains(&ident.to_string().as_str()))
            {
                found = Some(ident.clone());
            } else {
                other = Some(meta.path.span());
            }
            Ok(())
        })?;
    }
    // Its span is the caller's: the path that it ends is ours.
    found
        .map(|repr: Ident| Ident::new(&repr.to_string(), Span::call_site()))
        .ok_or_else(|| {
            Error::new(
                other.unwrap_or(input.ident.span()),
                "an enum of the kernel has the size of an integer: write which, as in `#[repr(u32)]`",
            )
        })
}
