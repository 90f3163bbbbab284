//! `#[derive(CoreEnum)]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Attribute, Data, DeriveInput, Error, Fields, spanned::Spanned};

use super::{
    Errors,
    attributes::{Core, Target},
    choice_ident, no_generics,
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

    let enumerators: Vec<Enumerator> = match &input.data {
        Data::Enum(data) => data
            .variants
            .iter()
            .map(|variant| Enumerator::parse(&variant.ident, &variant.attrs, &mut errors))
            .collect(),
        _ => Vec::new(),
    };
    // A variant with fields, which has been reported, is no number.
    let broken = errors.0.is_some();

    let ident = &input.ident;
    let choice = choice_ident(ident, "enumerators");
    let tag = format!("enum {}/{repr}", core.kernel_name(ident));
    let errors = errors.into_compile_errors();
    let names: Vec<_> = enumerators
        .iter()
        .map(|enumerator| enumerator.ident)
        .collect();
    let numbers = 0..enumerators.len();
    let values: Vec<_> = enumerators
        .iter()
        .map(|enumerator| enumerator.name_and_value(ident, broken))
        .collect();
    // What `type_matches` compares.
    let compared: Vec<usize> = (0..enumerators.len())
        .filter(|&number| !enumerators[number].optional)
        .collect();
    let compared_names = compared
        .iter()
        .map(|&number| format!("{}=", enumerators[number].kernel_name));
    let presences = enumerators
        .iter()
        .map(|enumerator| match enumerator.optional {
            true => quote!(Optional),
            false => quote!(Required),
        });
    quote! {
        #errors

        const _: () = {
            #[allow(dead_code, non_camel_case_types, non_snake_case)]
            pub struct #choice {
                #(pub #names: ::bpf_core::__private::EnumeratorOf<
                    #ident, #numbers, ::bpf_core::__private::#presences
                >,)*
            }

            #[automatically_derived]
            impl ::bpf_core::CoreType for #ident {
                const TYPE: ::bpf_core::__private::Text =
                    ::bpf_core::__private::Text(&[::bpf_core::__private::Piece::Str(#tag)]);
                type At<P: ::bpf_core::__private::Path> = ::bpf_core::__private::Scalar<P, Self>;
            }

            #[diagnostic::do_not_recommend]
            #[automatically_derived]
            impl ::bpf_core::Named for #ident {}

            #[diagnostic::do_not_recommend]
            #[automatically_derived]
            impl<__L> ::bpf_core::__private::Declared<__L> for #ident {
                const DECLARATION: ::bpf_core::__private::Text =
                    ::bpf_core::__private::Text(&[
                        ::bpf_core::__private::Piece::Text(<Self as ::bpf_core::CoreType>::TYPE),
                        ::bpf_core::__private::Piece::Str("{"),
                        #(::bpf_core::__private::Piece::Str(#compared_names),
                        ::bpf_core::__private::Piece::Number(
                            <Self as ::bpf_core::CoreEnum>::NAMES[#compared].1
                        ),
                        ::bpf_core::__private::Piece::Str(","),)*
                        ::bpf_core::__private::Piece::Str("}"),
                    ]);
            }

            #[diagnostic::do_not_recommend]
            #[automatically_derived]
            impl<__L> ::bpf_core::__private::BehindPointer<__L> for #ident {
                const BEHIND_POINTER: ::bpf_core::__private::Text =
                    <Self as ::bpf_core::__private::Declared<__L>>::DECLARATION;
            }

            #[diagnostic::do_not_recommend]
            #[automatically_derived]
            impl ::bpf_core::CoreEnum for #ident {
                type Repr = #value;
                type Enumerators = #choice;
                const ENUMERATORS: #choice =
                    #choice { #(#names: ::bpf_core::__private::EnumeratorOf::HERE,)* };
                const NAMES: &'static [(&'static ::core::primitive::str, ::core::primitive::i128)] =
                    &[#(#values),*];
            }

            #[automatically_derived]
            impl<S: ::bpf_core::__private::Space> ::bpf_core::__private::Read<S> for #ident {
                type Value = #value;

                #[inline(always)]
                fn read<P: ::bpf_core::__private::Path>(
                    __base: *const ::core::primitive::u8,
                ) -> ::core::result::Result<#value, ::bpf_core::__private::Code> {
                    ::bpf_core::__private::repr::<S, P, #value>(__base)
                }
            }

            #[diagnostic::do_not_recommend]
            #[automatically_derived]
            impl ::bpf_core::__private::Write for #ident {
                type Value = #value;

                #[inline(always)]
                fn write<P: ::bpf_core::__private::Path>(
                    __base: *mut ::core::primitive::u8,
                    __value: #value,
                ) -> ::core::result::Result<(), ::bpf_core::WriteError> {
                    ::bpf_core::__private::store::<P, #value>(__base, __value)
                }
            }
        };
    }
}

struct Enumerator<'a> {
    ident: &'a Ident,
    kernel_name: String,
    optional: bool,
}

impl<'a> Enumerator<'a> {
    fn parse(ident: &'a Ident, attributes: &[Attribute], errors: &mut Errors) -> Self {
        let core = Core::parse(attributes, Target::Enumerator, errors);
        Self {
            ident,
            kernel_name: core.kernel_name(ident),
            optional: core.optional.is_some(),
        }
    }

    fn name_and_value(&self, of: &Ident, broken: bool) -> TokenStream {
        let Self {
            ident, kernel_name, ..
        } = self;
        // Naming it is also what keeps the lint for dead code from it.
        match broken {
            true => quote!((#kernel_name, 0)),
            false => quote!((#kernel_name, #of::#ident as ::core::primitive::i128)),
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
