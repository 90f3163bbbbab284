//! The read of a whole struct: field by field, each through its own relocation.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Record, number::high_digits};

pub(super) fn expand(record: &Record<'_>) -> TokenStream {
    let Record { ident, fields, .. } = record;
    // Lists of 16 fields, as the compiler does not go deep into types.
    let (mut lists, mut values, mut pattern) = (quote!(()), quote!(()), quote!(()));
    let chunks: Vec<_> = fields.chunks(16).enumerate().collect();
    for (high, chunk) in chunks.into_iter().rev() {
        let types: Vec<_> = chunk.iter().map(|field| field.declared).collect();
        let read = (0..)
            .map(|low| format_ident!("__{high}_{low}"))
            .take(types.len());
        let high = high_digits(high);
        lists = quote!((::bpf_core::__private::Fields<Self, #high, (#(#types,)*)>, #lists));
        values = quote!(((#(#types,)*), #values));
        pattern = quote!(((#(#read,)*), #pattern));
    }
    let members = fields.iter().enumerate().map(|(number, field)| {
        let (name, value) = (
            field.ident,
            format_ident!("__{}_{}", number / 16, number % 16),
        );
        quote!(#name: #value)
    });
    quote! {
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl<__S: ::bpf_core::__private::Space> ::bpf_core::__private::Read<__S> for #ident
        where
            #lists: ::bpf_core::__private::Members<__S, Values = #values>,
        {
            type Value = Self;

            #[inline(always)]
            fn read<__P: ::bpf_core::__private::Path>(
                __base: *const ::core::primitive::u8,
            ) -> ::core::result::Result<Self, ::bpf_core::__private::Code> {
                match <#lists as ::bpf_core::__private::Members<__S>>::read::<__P>(__base) {
                    ::core::result::Result::Ok(#pattern) => {
                        ::core::result::Result::Ok(Self { #(#members,)* })
                    }
                    ::core::result::Result::Err(__why) => ::core::result::Result::Err(__why),
                }
            }
        }
    }
}
