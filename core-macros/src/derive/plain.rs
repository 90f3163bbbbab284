//! `#[derive(Plain)]`.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Data, DeriveInput, Error, Fields, Type, spanned::Spanned};

use super::{
    Errors,
    attributes::{Core, Target},
};

/// How the bytes of the type are laid out.
enum Layout<'a> {
    /// As C does it. Holds the name of the type in descriptors.
    C(String),
    /// As this one field.
    Transparent(&'a Type),
}

struct Plain<'a> {
    ident: &'a Ident,
    is_union: bool,
    layout: Layout<'a>,
    fields: Vec<&'a Type>,
}

pub(crate) fn expand(input: DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let plain = parse(&input, &mut errors);
    let errors = errors.into_compile_errors();
    let items = plain.map(|plain| {
        let checks = checks(&plain);
        let items = items(&plain);
        quote!(const _: () = { #checks #items };)
    });
    quote!(#errors #items)
}

fn parse<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<Plain<'a>> {
    let core = Core::parse_of_type(input, Target::Record, errors);
    let (fields, is_union): (Vec<&Type>, bool) = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Unit => (Vec::new(), false),
            fields => (fields.iter().map(|field| &field.ty).collect(), false),
        },
        Data::Union(data) => (
            data.fields.named.iter().map(|field| &field.ty).collect(),
            true,
        ),
        Data::Enum(data) => {
            errors.push(Error::new(
                data.enum_token.span,
                "an enum is not plain, as some numbers are none of its values: use an integer, or \
                 `#[derive(CoreEnum)]` for an enum of the kernel",
            ));
            return None;
        }
    };
    if !input.generics.params.is_empty() {
        errors.push(Error::new_spanned(
            &input.generics.params,
            "a plain type has no parameters: remove them",
        ));
        return None;
    }
    let layout = match (repr(input), fields.first()) {
        (Ok(_), None) => {
            errors.push(Error::new(
                input.ident.span(),
                "nothing to read: a plain type has fields",
            ));
            return None;
        }
        (Ok(Repr::Transparent), Some(inner)) => Layout::Transparent(inner),
        (Ok(Repr::C), Some(_)) => {
            let kind = match is_union {
                true => "union",
                false => "struct",
            };
            let name = core.kernel_name(&input.ident);
            Layout::C(match core.typedef {
                Some(_) => format!("typedef {kind} {name}"),
                None => format!("{kind} {name}"),
            })
        }
        (Err(error), _) => {
            errors.push(error);
            return None;
        }
    };
    Some(Plain {
        ident: &input.ident,
        is_union,
        layout,
        fields,
    })
}

enum Repr {
    C,
    Transparent,
}

fn repr(input: &DeriveInput) -> syn::Result<Repr> {
    let mut found = None;
    for attribute in &input.attrs {
        if !attribute.path().is_ident("repr") {
            continue;
        }
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("C") {
                found = Some(Repr::C);
            } else if meta.path.is_ident("transparent") {
                found = Some(Repr::Transparent);
            } else if meta.input.peek(syn::token::Paren) {
                // The number of `packed(2)` or `align(8)`.
                meta.input.parse::<proc_macro2::TokenTree>()?;
            }
            Ok(())
        })?;
    }
    found.ok_or_else(|| {
        Error::new(
            input.ident.span(),
            format!(
                "`{}` has no fixed layout: write `#[repr(C)]` above it, or `#[repr(transparent)]` if it \
                 is another name for one field",
                input.ident
            ),
        )
    })
}

/// What the safety of the implementation rests on.
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
            type At<P: ::bpf_core::__private::Path> = ::bpf_core::__private::Scalar<P, Self>;
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
        impl<S: ::bpf_core::__private::Space> ::bpf_core::__private::Read<S> for #ident {
            type Value = Self;

            #[inline(always)]
            fn read<P: ::bpf_core::__private::Path>(
                __base: *const ::core::primitive::u8,
            ) -> ::core::result::Result<Self, ::bpf_core::__private::Code> {
                ::bpf_core::__private::#read::<S, P, Self>(__base)
            }

            #[inline(always)]
            fn read_into<P: ::bpf_core::__private::Path>(
                __base: *const ::core::primitive::u8,
                __dst: &mut Self,
            ) -> ::core::result::Result<(), ::bpf_core::__private::Code> {
                ::bpf_core::__private::plain_into::<S, P, Self>(__base, __dst)
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
