//! The traits of an enum.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Enumeration, Enumerator};
use crate::derive::choice_ident;

pub(super) fn expand(enumeration: &Enumeration<'_>) -> TokenStream {
    let Enumeration {
        ident,
        kernel_name,
        repr,
        enumerators,
        ..
    } = enumeration;
    let value = quote!(::core::primitive::#repr);
    let choice = choice_ident(ident, "enumerators");
    let tag = format!("enum {kernel_name}/{repr}");
    let names: Vec<_> = enumerators
        .iter()
        .map(|enumerator| enumerator.ident)
        .collect();
    let numbers = 0..enumerators.len();
    let values: Vec<_> = enumerators
        .iter()
        .map(|enumerator| name_and_value(enumerator, enumeration))
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
                type At<__P: ::bpf_core::__private::Path> = ::bpf_core::__private::Scalar<__P, Self>;
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
            impl<__S: ::bpf_core::__private::Space> ::bpf_core::__private::Read<__S> for #ident {
                type Value = #value;

                #[inline(always)]
                fn read<__P: ::bpf_core::__private::Path>(
                    __base: *const ::core::primitive::u8,
                ) -> ::core::result::Result<#value, ::bpf_core::__private::Code> {
                    ::bpf_core::__private::repr::<__S, __P, #value>(__base)
                }
            }

            #[diagnostic::do_not_recommend]
            #[automatically_derived]
            impl ::bpf_core::__private::Write for #ident {
                type Value = #value;

                #[inline(always)]
                fn write<__P: ::bpf_core::__private::Path>(
                    __base: *mut ::core::primitive::u8,
                    __value: #value,
                ) -> ::core::result::Result<(), ::bpf_core::WriteError> {
                    ::bpf_core::__private::store::<__P, #value>(__base, __value)
                }
            }
        };
    }
}

fn name_and_value(enumerator: &Enumerator<'_>, of: &Enumeration<'_>) -> TokenStream {
    let Enumerator {
        ident, kernel_name, ..
    } = enumerator;
    let of_type = of.ident;
    // The expression keeps the lint for dead code from the enumerator.
    match of.is_numbers {
        true => quote!((#kernel_name, #of_type::#ident as ::core::primitive::i128)),
        false => quote!((#kernel_name, 0)),
    }
}
