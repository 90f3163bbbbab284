//! Checks a struct or union, and each of its fields.

use quote::quote_spanned;
use syn::{Data, DeriveInput, Error, Fields, Type, spanned::Spanned};

use super::{Field, Record};
use crate::{
    derive::{attributes::Core, field_type, has_parameters, target::Target},
    stages::Errors,
};

/// The record, and its mistakes. Nothing for what has no fields to read.
pub(super) fn check<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<Record<'a>> {
    let core = Core::parse_of_type(input, Target::Record, errors);
    let (kind, fields) = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => ("struct", fields),
            Fields::Unnamed(fields) => {
                errors.push(Error::new_spanned(
                    fields,
                    "fields of the kernel have names: write `{ name: type, ... }`",
                ));
                return None;
            }
            Fields::Unit => {
                errors.push(Error::new(
                    input.ident.span(),
                    "a kernel struct without fields has nothing to read: write `{}` behind it if it only \
                     stands behind pointers",
                ));
                return None;
            }
        },
        Data::Union(data) => ("union", &data.fields),
        Data::Enum(data) => {
            errors.push(Error::new(
                data.enum_token.span,
                "`CoreStruct` is for structs and unions: an enum of the kernel has `#[derive(CoreEnum)]`",
            ));
            return None;
        }
    };
    if has_parameters(&input.generics, "a struct of the kernel", errors) {
        return None;
    }

    let mut parsed: Vec<Field<'a>> = Vec::new();
    for declared in &fields.named {
        let field = field(declared, &parsed, errors);
        parsed.extend(field);
    }
    // A slice leaves no struct with a size to implement anything for.
    if parsed.len() < fields.named.len() {
        return None;
    }
    let is_readable = errors.is_empty() && is_readable(kind, &parsed);
    Some(Record {
        ident: &input.ident,
        kind,
        kernel_name: core.kernel_name(&input.ident),
        typedef: core.typedef.is_some(),
        fields: parsed,
        is_readable,
    })
}

/// A field, with those before it. Nothing for a slice.
fn field<'a>(
    field: &'a syn::Field,
    before: &[Field<'_>],
    errors: &mut Errors,
) -> Option<Field<'a>> {
    let core = Core::parse(&field.attrs, Target::Field, errors);
    let ident = field.ident.as_ref().expect("a named field");
    let core_type = field_type::core_type(&field.ty).unwrap_or_else(|error| {
        errors.push(error);
        field_type::meant(&field.ty)
    });
    if let Type::Slice(_) = field.ty {
        return None;
    }
    let core_type = match core.bitfield {
        Some(_) => {
            let declared = &field.ty;
            quote_spanned!(declared.span()=> <#declared as ::bpf_core::__private::Bits>::Field)
        }
        None => core_type,
    };
    let kernel_name = core.kernel_name(ident);
    if before.iter().any(|other| other.kernel_name == kernel_name) {
        errors.push(Error::new(
            core.name_span(ident),
            format!("another field is `{kernel_name}` already: remove one"),
        ));
    }
    Some(Field {
        ident,
        vis: &field.vis,
        kernel_name,
        optional: core.optional.is_some(),
        bitfield: core.bitfield.is_some(),
        declared: &field.ty,
        core_type,
    })
}

/// A union has no fields that are read one by one. A flexible array, a function pointer and an optional
/// field have no value in a struct.
fn is_readable(kind: &str, fields: &[Field<'_>]) -> bool {
    kind == "struct"
        && !fields.is_empty()
        && fields
            .iter()
            .all(|field| !field.optional && field_type::stands_for_itself(field.declared))
}
