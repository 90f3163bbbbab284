//! The markers of a record's fields: functions that nobody defines, whose symbol is the descriptor.
//!
//! The compiler then has no text to compose and no function to keep apart for each path. A field whose
//! type has a text that syntax alone does not tell has none: `bpf-core` makes the text of a constant.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

/// `bpf_core::contract::FIELD_PREFIX`
const PREFIX: &str = "__bpf_core_v1_field ";

/// The markers of a record's fields, as declarations of functions.
#[derive(Default)]
pub(super) struct Markers(TokenStream);

impl Markers {
    /// Declares the marker for the offset of the place at the end of `path`, and names it.
    pub(super) fn field_ptr(&mut self, number: usize, path: Option<&str>) -> TokenStream {
        let byte = quote!(*const ::core::primitive::u8);
        self.declare(
            "field_ptr",
            "byte_off",
            number,
            path,
            &quote!((_: #byte) -> #byte),
        )
    }

    /// The same for the question whether it is there.
    pub(super) fn field_exists(&mut self, number: usize, path: Option<&str>) -> TokenStream {
        let signature = quote!(() -> ::core::primitive::u64);
        self.declare("field_exists", "field_exists", number, path, &signature)
    }

    fn declare(
        &mut self,
        name: &str,
        kind: &str,
        number: usize,
        path: Option<&str>,
        signature: &TokenStream,
    ) -> TokenStream {
        let Some(path) = path else {
            return quote!(::core::option::Option::None);
        };
        let symbol = format!("{PREFIX}{kind} {path}");
        let name = format_ident!("{name}_{number}");
        self.0
            .extend(quote!(#[link_name = #symbol] safe fn #name #signature;));
        quote!(::core::option::Option::Some(#name))
    }
}

impl ToTokens for Markers {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let markers = &self.0;
        if !markers.is_empty() {
            tokens.extend(quote!(unsafe extern "C" { #markers }));
        }
    }
}
