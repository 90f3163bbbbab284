//! Checks a type whose bytes are read as they are: it has fields, and its layout is fixed.

use syn::{Data, DeriveInput, Error, Field};

use super::{Layout, Plain};
use crate::{
    derive::{attributes::Core, has_parameters, target::Target},
    stages::Errors,
};

/// The type, and its mistakes. Nothing for what has no layout.
pub(super) fn check<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<Plain<'a>> {
    let core = Core::parse_of_type(input, Target::Record, errors);
    let (fields, is_union): (Vec<&Field>, bool) = match &input.data {
        Data::Struct(data) => (data.fields.iter().collect(), false),
        Data::Union(data) => (data.fields.named.iter().collect(), true),
        Data::Enum(data) => {
            errors.push(Error::new(
                data.enum_token.span,
                "an enum is not plain, as some numbers are none of its values: use an integer, or \
                 `#[derive(CoreEnum)]` for an enum of the kernel",
            ));
            return None;
        }
    };
    if has_parameters(&input.generics, "a plain type", errors) {
        return None;
    }
    for field in &fields {
        Core::parse(&field.attrs, Target::PlainField, errors);
    }
    let layout = match (repr(input), fields.first()) {
        (Ok(_), None) => {
            errors.push(Error::new(
                input.ident.span(),
                "nothing to read: a plain type has fields",
            ));
            return None;
        }
        (Ok(Repr::Transparent), Some(inner)) => {
            let name = core.name.as_ref().map(|name| name.span());
            for at in [name, core.typedef].into_iter().flatten() {
                errors.push(Error::new(
                    at,
                    "a `#[repr(transparent)]` type has the kernel's name of its field: remove this",
                ));
            }
            Layout::Transparent(&inner.ty)
        }
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
        fields: fields.iter().map(|field| &field.ty).collect(),
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
