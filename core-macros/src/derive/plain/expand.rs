//! The traits of a plain type, and the checks that make them safe.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::{Layout, Plain};

pub(super) fn expand(plain: &Plain<'_>) -> TokenStream {
    let checks = checks(plain);
    let items = items(plain);
    quote!(const _: () = { #checks #items };)
}

/// What the compiler has to check, because `Plain` is an unsafe trait.
fn checks(plain: &Plain<'_>) -> TokenStream {
    let Plain {
        ident,
        is_union,
        fields,
        ..
    } = plain;
    let plain_fields = fields
        .iter()
        .map(|ty| quote_spanned!(ty.span()=> ::bpf_core::__private::is_plain::<#ty>();));
    let span = ident.span();
    let sizes = match is_union {
        true => {
            let message = format!(
                "`{ident}` has fields of several sizes: give each the size of the largest, as an array \
                 around it or with an array behind it"
            );
            quote_spanned! {span=>
                #(::core::assert!(
                    ::core::mem::size_of::<#ident>() == ::core::mem::size_of::<#fields>(),
                    #message
                );)*
            }
        }
        false => {
            let message = format!(
                "`{ident}` has padding, whose bytes are no value: declare it as a field, such as \
                 `_pad: [u8; 4]`"
            );
            quote_spanned! {span=>
                ::core::assert!(
                    ::core::mem::size_of::<#ident>() == #(::core::mem::size_of::<#fields>())+*,
                    #message
                );
            }
        }
    };
    quote! {
        #(#plain_fields)*
        #sizes
    }
}

fn items(plain: &Plain<'_>) -> TokenStream {
    let ident = plain.ident;
    let Texts {
        ty,
        declaration,
        behind_pointer,
    } = texts(plain);
    let (held, read, named) = match plain.layout {
        Layout::C(_) => (
            quote!(__size() >= ::core::mem::size_of::<Self>()),
            quote!(plain_struct),
            Some(quote! {
                #[diagnostic::do_not_recommend]
                #[automatically_derived]
                impl ::bpf_core::Named for #ident {}
            }),
        ),
        Layout::Transparent(inner) => (
            quote!(<#inner as ::bpf_core::__private::PlainData>::is_held_in(__size)),
            quote!(plain_value),
            None,
        ),
    };
    quote! {
        // SAFETY: checked above.
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        unsafe impl ::bpf_core::Plain for #ident
        where
            // The `for` keeps a missing `Copy` to one error, that of `PlainData`.
            for<'a> #ident: ::core::marker::Copy,
        {
        }

        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl ::bpf_core::__private::PlainData for #ident {
            #[inline(always)]
            fn is_held_in(
                __size: impl ::core::ops::FnOnce() -> ::core::primitive::usize,
            ) -> ::core::primitive::bool {
                #held
            }
        }

        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl ::bpf_core::CoreType for #ident {
            const TYPE: ::bpf_core::__private::Text = #ty;
            type At<__P: ::bpf_core::__private::Path> = ::bpf_core::__private::Scalar<__P, Self>;
        }

        #named

        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl<__L> ::bpf_core::__private::Declared<__L> for #ident {
            const DECLARATION: ::bpf_core::__private::Text = #declaration;
        }

        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl<__L> ::bpf_core::__private::BehindPointer<__L> for #ident {
            const BEHIND_POINTER: ::bpf_core::__private::Text = #behind_pointer;
        }

        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl<__S: ::bpf_core::__private::Space> ::bpf_core::__private::Read<__S> for #ident {
            type Value = Self;

            #[inline(always)]
            fn read<__P: ::bpf_core::__private::Path>(
                __base: *const ::core::primitive::u8,
            ) -> ::core::result::Result<Self, ::bpf_core::__private::Code> {
                ::bpf_core::__private::#read::<__S, __P, Self>(__base)
            }

            #[inline(always)]
            fn read_into<__P: ::bpf_core::__private::Path>(
                __base: *const ::core::primitive::u8,
                __dst: &mut Self,
            ) -> ::core::result::Result<(), ::bpf_core::__private::Code> {
                ::bpf_core::__private::plain_into::<__S, __P, Self>(__base, __dst)
            }
        }
    }
}

/// What the linker is told of the type.
struct Texts {
    ty: TokenStream,
    declaration: TokenStream,
    behind_pointer: TokenStream,
}

fn texts(plain: &Plain<'_>) -> Texts {
    match &plain.layout {
        Layout::Transparent(inner) => Texts {
            ty: quote!(<#inner as ::bpf_core::CoreType>::TYPE),
            declaration: quote!(<#inner as ::bpf_core::__private::Declared<__L>>::DECLARATION),
            behind_pointer: quote!(<#inner as ::bpf_core::__private::BehindPointer<__L>>::BEHIND_POINTER),
        },
        Layout::C(tag) => {
            let ty = quote!(<Self as ::bpf_core::CoreType>::TYPE);
            Texts {
                ty: quote!(::bpf_core::__private::Text(&[::bpf_core::__private::Piece::Str(#tag)])),
                // The layout is the same on every kernel, so the members need not be compared.
                declaration: quote!(::bpf_core::__private::Text(&[
                    ::bpf_core::__private::Piece::Text(#ty),
                    ::bpf_core::__private::Piece::Str("{}"),
                ])),
                behind_pointer: ty,
            }
        }
    }
}
