//! Checks an enum, the integer that holds it, and each of its enumerators.

use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::{Data, DeriveInput, Error, Fields, Variant, spanned::Spanned};

use super::{Enumeration, Enumerator};
use crate::{
    derive::{attributes::Core, has_parameters, target::Target},
    stages::Errors,
};

/// The integers that can hold an enum of the kernel.
const REPRS: [&str; 8] = ["u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64"];

/// The enum, and its mistakes. Nothing for a struct or union.
pub(super) fn check<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<Enumeration<'a>> {
    let core = Core::parse_of_type(input, Target::Enum, errors);
    let has_parameters = has_parameters(&input.generics, "an enum of the kernel", errors);
    let (at, what) = match &input.data {
        Data::Enum(data) => {
            let mut enumerators = Vec::new();
            for variant in &data.variants {
                let enumerator = enumerator(variant, &enumerators, errors);
                enumerators.push(enumerator);
            }
            if has_parameters {
                return None;
            }
            return Some(Enumeration {
                ident: &input.ident,
                kernel_name: core.kernel_name(&input.ident),
                repr: repr(input).unwrap_or_else(|error| {
                    errors.push(error);
                    format_ident!("u32")
                }),
                is_numbers: data.variants.iter().all(is_number),
                enumerators,
            });
        }
        Data::Struct(data) => (data.struct_token.span, "struct"),
        Data::Union(data) => (data.union_token.span, "union"),
    };
    errors.push(Error::new(
        at,
        format!("`CoreEnum` is for enums: a {what} of the kernel has `#[derive(CoreStruct)]`"),
    ));
    None
}

/// An enumerator, with those before it.
fn enumerator<'a>(
    variant: &'a Variant,
    before: &[Enumerator<'_>],
    errors: &mut Errors,
) -> Enumerator<'a> {
    if !is_number(variant) {
        errors.push(Error::new_spanned(
            &variant.fields,
            "an enumerator of the kernel is a number: remove the fields",
        ));
    }
    let core = Core::parse(&variant.attrs, Target::Enumerator, errors);
    let kernel_name = core.kernel_name(&variant.ident);
    if before.iter().any(|other| other.kernel_name == kernel_name) {
        errors.push(Error::new(
            core.name_span(&variant.ident),
            format!("another enumerator is `{kernel_name}` already: remove one"),
        ));
    }
    Enumerator {
        ident: &variant.ident,
        kernel_name,
        optional: core.optional.is_some(),
    }
}

fn is_number(variant: &Variant) -> bool {
    matches!(variant.fields, Fields::Unit)
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
