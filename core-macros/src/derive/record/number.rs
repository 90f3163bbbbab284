//! Numbers as types.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// A number as a type: `bpf_core::number` has the digits.
pub(super) fn number(number: usize) -> TokenStream {
    let (high, low) = (high_digits(number / 16), number % 16);
    let low = format_ident!("X{}", format!("{low:X}"));
    quote!((#high, ::bpf_core::__private::#low))
}

pub(super) fn high_digits(high: usize) -> TokenStream {
    match high {
        0 => quote!(()),
        _ => number(high),
    }
}
