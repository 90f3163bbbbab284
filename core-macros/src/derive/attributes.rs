//! Parses `#[core(...)]`.

use proc_macro2::{Ident, Span};
use syn::{Attribute, DeriveInput, Error, LitStr, Meta, Token, ext::IdentExt, parse::ParseStream};

use super::name;
use super::target::Target;
use crate::stages::Errors;

/// What does stand there.
#[derive(Default)]
pub(super) struct Core {
    pub(super) name: Option<LitStr>,
    pub(super) typedef: Option<Span>,
    pub(super) optional: Option<Span>,
    pub(super) bitfield: Option<Span>,
}

impl Core {
    pub(super) fn parse(attributes: &[Attribute], target: Target, errors: &mut Errors) -> Self {
        let mut core = Self::default();
        for attribute in attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("core"))
        {
            let parsed = match &attribute.meta {
                Meta::List(list) if !list.tokens.is_empty() => {
                    list.parse_args_with(|input: ParseStream| core.entries(input, target, errors))
                }
                Meta::NameValue(_) => Err(Error::new_spanned(
                    &attribute.meta,
                    format!("an attribute has parentheses: {}", target.allowed()),
                )),
                Meta::List(_) | Meta::Path(_) => Err(Error::new_spanned(
                    &attribute.meta,
                    format!("empty attribute: {}", target.allowed()),
                )),
            };
            if let Err(error) = parsed {
                errors.push(error);
            }
        }
        core
    }

    /// The same, of the type `ident`: its own name may be the kernel's.
    pub(super) fn parse_of_type(input: &DeriveInput, target: Target, errors: &mut Errors) -> Self {
        let core = Self::parse(&input.attrs, target, errors);
        if core.name.is_none()
            && let Err(error) =
                name::with_flavour(&core.kernel_name(&input.ident), input.ident.span())
        {
            errors.push(error);
        }
        core
    }

    /// The kernel's name of what Rust calls `ident`.
    pub(super) fn kernel_name(&self, ident: &Ident) -> String {
        match &self.name {
            Some(name) => name.value(),
            None => ident.unraw().to_string(),
        }
    }

    /// Where the kernel's name stands.
    pub(super) fn name_span(&self, ident: &Ident) -> Span {
        self.name.as_ref().map_or(ident.span(), |name| name.span())
    }

    fn entries(
        &mut self,
        input: ParseStream,
        target: Target,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        while !input.is_empty() {
            let key: Ident = input.call(Ident::parse_any)?;
            let again = match (key.to_string().as_str(), target) {
                ("name", _) if target.has_name() => {
                    let usage = format!("a name is written `name = \"{}\"`", target.example());
                    if !input.peek(Token![=]) {
                        return Err(Error::new(key.span(), usage));
                    }
                    input.parse::<Token![=]>()?;
                    let name: LitStr = input
                        .parse()
                        .map_err(|error| Error::new(error.span(), usage))?;
                    if let Err(error) = name::given(&name, target) {
                        errors.push(error);
                    }
                    self.name.replace(name).is_some()
                }
                ("typedef", Target::Record) => self.typedef.replace(key.span()).is_some(),
                ("optional", Target::Field | Target::Enumerator) => {
                    self.optional.replace(key.span()).is_some()
                }
                ("bitfield", Target::Field) => self.bitfield.replace(key.span()).is_some(),
                (unknown, _) => {
                    return Err(Error::new(
                        key.span(),
                        format!("`{unknown}` is not known here: {}", target.allowed()),
                    ));
                }
            };
            if again {
                errors.push(Error::new(
                    key.span(),
                    format!("`{key}` is there twice: remove one"),
                ));
            }
            if input.peek(Token![=]) {
                return Err(input.error(format!("`{key}` has no value: remove it")));
            }
            if !input.is_empty() {
                input
                    .parse::<Token![,]>()
                    .map_err(|error| Error::new(error.span(), "a comma is missing before this"))?;
            }
        }
        Ok(())
    }
}
