//! The macros of [`bpf-core`](https://docs.rs/bpf-core), which re-exports all of them. Depend on that
//! crate and not on this one: what the macros write changes together with it.
//!
//! - `derive/`: `CoreStruct`, `CoreEnum` and `Plain`
//! - `access/`: the macros that take a path of fields, from `core_read!` to `core_list_entries!`
//! - `enumerator.rs`, `recast.rs`, `kfunc.rs`: the others
//! - `pages/`: the documentation of each, with an example that runs
//!
//! Each has the three stages of `stages.rs`: parse, check, expand.

mod access;
mod derive;
mod enumerator;
mod kfunc;
mod recast;
mod stages;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

#[doc = include_str!("pages/CoreStruct.md")]
#[proc_macro_derive(CoreStruct, attributes(core))]
pub fn derive_core_struct(input: TokenStream) -> TokenStream {
    derive::record::derive(input.into()).into()
}

#[doc = include_str!("pages/CoreEnum.md")]
#[proc_macro_derive(CoreEnum, attributes(core))]
pub fn derive_core_enum(input: TokenStream) -> TokenStream {
    derive::enumeration::derive(input.into()).into()
}

#[doc = include_str!("pages/Plain.md")]
#[proc_macro_derive(Plain, attributes(core))]
pub fn derive_plain(input: TokenStream) -> TokenStream {
    derive::plain::derive(input.into()).into()
}

#[doc = include_str!("pages/core_read.md")]
#[proc_macro]
pub fn core_read(input: TokenStream) -> TokenStream {
    access::Form::Read.expand(input.into()).into()
}

#[doc = include_str!("pages/core_read_into.md")]
#[proc_macro]
pub fn core_read_into(input: TokenStream) -> TokenStream {
    access::Form::ReadInto.expand(input.into()).into()
}

#[doc = include_str!("pages/core_read_str.md")]
#[proc_macro]
pub fn core_read_str(input: TokenStream) -> TokenStream {
    access::Form::ReadStr.expand(input.into()).into()
}

#[doc = include_str!("pages/core_field_ptr.md")]
#[proc_macro]
pub fn core_field_ptr(input: TokenStream) -> TokenStream {
    access::Form::FieldPtr.expand(input.into()).into()
}

#[doc = include_str!("pages/core_element_ptr.md")]
#[proc_macro]
pub fn core_element_ptr(input: TokenStream) -> TokenStream {
    access::Form::ElementPtr.expand(input.into()).into()
}

#[doc = include_str!("pages/core_write.md")]
#[proc_macro]
pub fn core_write(input: TokenStream) -> TokenStream {
    access::Form::Write.expand(input.into()).into()
}

#[doc = include_str!("pages/core_field_exists.md")]
#[proc_macro]
pub fn core_field_exists(input: TokenStream) -> TokenStream {
    access::Form::FieldExists.expand(input.into()).into()
}

#[doc = include_str!("pages/core_field_size.md")]
#[proc_macro]
pub fn core_field_size(input: TokenStream) -> TokenStream {
    access::Form::FieldSize.expand(input.into()).into()
}

#[doc = include_str!("pages/core_field_offset.md")]
#[proc_macro]
pub fn core_field_offset(input: TokenStream) -> TokenStream {
    access::Form::FieldOffset.expand(input.into()).into()
}

#[doc = include_str!("pages/core_container_of.md")]
#[proc_macro]
pub fn core_container_of(input: TokenStream) -> TokenStream {
    access::Form::ContainerOf.expand(input.into()).into()
}

#[doc = include_str!("pages/core_list_entries.md")]
#[proc_macro]
pub fn core_list_entries(input: TokenStream) -> TokenStream {
    access::Form::ListEntries.expand(input.into()).into()
}

#[doc = include_str!("pages/core_recast.md")]
#[proc_macro]
pub fn core_recast(input: TokenStream) -> TokenStream {
    recast::expand(input.into()).into()
}

#[doc = include_str!("pages/core_enum_value.md")]
#[proc_macro]
pub fn core_enum_value(input: TokenStream) -> TokenStream {
    enumerator::expand("enum_value", input.into()).into()
}

#[doc = include_str!("pages/core_enum_value_exists.md")]
#[proc_macro]
pub fn core_enum_value_exists(input: TokenStream) -> TokenStream {
    enumerator::expand("enum_value_exists", input.into()).into()
}

#[doc = include_str!("pages/kfuncs.md")]
#[proc_macro]
pub fn kfuncs(input: TokenStream) -> TokenStream {
    kfunc::expand(input.into()).into()
}
