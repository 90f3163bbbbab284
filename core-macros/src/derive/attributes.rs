//! `#[core(...)]`.

use proc_macro2::{Ident, Span};
use syn::{Attribute, Error, LitStr, Token, ext::IdentExt, parse::ParseStream};

use super::Errors;

/// What may stand in the attribute of a struct, a field or an enum.
#[derive(Clone, Copy)]
pub(super) enum Target {
    Record,
    Field,
    Enum,
}

/// What does stand there.
#[derive(Default)]
pub(super) struct Core {
    pub(super) name: Option<LitStr>,
    pub(super) typedef: Option<Span>,
    pub(super) optional: Option<Span>,
}

impl Target {
    fn allowed(self) -> &'static str {
        match self {
            Target::Record => {
                "`#[core(name = \"...\")]` and `#[core(typedef)]` can stand on a struct or union"
            }
            Target::Field => {
                "`#[core(name = \"...\")]` and `#[core(optional)]` can stand on a field"
            }
            Target::Enum => "`#[core(name = \"...\")]` can stand on an enum",
        }
    }
}

impl Core {
    pub(super) fn parse(attributes: &[Attribute], target: Target, errors: &mut Errors) -> Self {
        let mut core = Self::default();
        for attribute in attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("core"))
        {
            let parsed =
                attribute.parse_args_with(|input: ParseStream| core.entries(input, target, errors));
            if let Err(error) = parsed {
                errors.push(error);
            }
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

    fn entries(
        &mut self,
        input: ParseStream,
        target: Target,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        if input.is_empty() {
            return Err(input.error(format!("empty attribute: {}", target.allowed())));
        }
        while !input.is_empty() {
            let key: Ident = input.call(Ident::parse_any)?;
            let again = match (key.to_string().as_str(), target) {
                ("name", _) => {
                    input.parse::<Token![=]>().map_err(|error| {
                        Error::new(error.span(), "a name is written `name = \"task_struct\"`")
                    })?;
                    let name: LitStr = input.parse().map_err(|error| {
                        Error::new(error.span(), "a name is a string: `name = \"task_struct\"`")
                    })?;
                    if let Err(error) = check_name(&name, target) {
                        errors.push(error);
                    }
                    self.name.replace(name).is_some()
                }
                ("typedef", Target::Record) => self.typedef.replace(key.span()).is_some(),
                ("optional", Target::Field) => self.optional.replace(key.span()).is_some(),
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
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    }
}

fn check_name(name: &LitStr, target: Target) -> syn::Result<()> {
    let value = name.value();
    let identifier = value.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !identifier {
        let what = match target {
            Target::Field => "a path is written in the macro, not here",
            Target::Record | Target::Enum => "leave out `struct`, `union` and `enum`",
        };
        return Err(Error::new(
            name.span(),
            format!("not an identifier of C: {what}"),
        ));
    }
    // libbpf splits at the last separator, aya at the first: with two they disagree.
    if !matches!(target, Target::Field) && value.matches("___").count() > 1 {
        return Err(Error::new(
            name.span(),
            "more than one `___`: libbpf and aya disagree which of them starts the flavour",
        ));
    }
    Ok(())
}
