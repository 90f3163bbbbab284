//! `#[derive(CoreEnum)]`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields};

use super::{
    Errors,
    attributes::{Core, Target},
    no_generics,
};

/// The integers that can hold an enum of the kernel.
const REPRS: [&str; 8] = ["u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64"];

pub(crate) fn expand(input: DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let core = Core::parse(&input.attrs, Target::Enum, &mut errors);
    no_generics(&input.generics, "an enum", &mut errors);

    match &input.data {
        Data::Enum(data) => {
            for variant in &data.variants {
                if !matches!(variant.fields, Fields::Unit) {
                    errors.push(Error::new_spanned(
                        &variant.fields,
                        "an enumerator of the kernel is a number: remove the fields",
                    ));
                }
            }
        }
        Data::Struct(data) => errors.push(Error::new(
            data.struct_token.span,
            "`CoreEnum` is for enums: a struct of the kernel has `#[derive(CoreStruct)]`",
        )),
        Data::Union(data) => errors.push(Error::new(
            data.union_token.span,
            "`CoreEnum` is for enums: a union of the kernel has `#[derive(CoreStruct)]`",
        )),
    }
    let repr = repr(&input).unwrap_or_else(|error| {
        errors.push(error);
        quote!(u32)
    });

    let ident = &input.ident;
    let tag = format!("enum {}/{repr}", core.kernel_name(ident));
    let errors = errors.into_compile_errors();
    quote! {
        #errors

        #[automatically_derived]
        impl ::bpf_core::CoreType for #ident {
            const TYPE: ::bpf_core::__private::Text = ::bpf_core::__private::Text::EMPTY.str(#tag);
            type At<P: ::bpf_core::__private::Path> = ::bpf_core::__private::Scalar<P, Self>;
        }

        #[automatically_derived]
        impl ::bpf_core::__private::Read for #ident {
            type Value = #repr;

            #[inline(always)]
            fn read<P: ::bpf_core::__private::Path>(
                _base: *const u8,
                field: *const u8,
            ) -> ::core::result::Result<#repr, ::bpf_core::ReadError> {
                ::bpf_core::__private::plain(field)
            }
        }
    }
}

fn repr(input: &DeriveInput) -> syn::Result<TokenStream> {
    let mut found = None;
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
            }
            Ok(())
        })?;
    }
    let Some(repr): Option<Ident> = found else {
        return Err(Error::new(
            input.ident.span(),
            "the size of an enum is not known without `#[repr(u32)]`: write the integer that the kernel uses",
        ));
    };
    Ok(quote!(#repr))
}
