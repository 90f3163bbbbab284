//! Decides by `#[cfg]` which code is part of a program: the target is BPF, no test runs, and the user may name the
//! features.

use std::collections::BTreeSet;

use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Lit, Meta, Token};

/// What is known of a package's configuration.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cfg<'a> {
    /// The features that are on. `None`: an item that depends on one is in.
    pub features: Option<&'a BTreeSet<String>>,
}

impl Cfg<'_> {
    /// Whether attributes leave their item out. An item that depends on something unknown is in.
    pub(super) fn is_out(&self, attributes: &[Attribute]) -> bool {
        attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("cfg"))
            .filter_map(|attribute| attribute.parse_args::<Meta>().ok())
            .any(|predicate| self.holds(&predicate) == Some(false))
    }

    /// The same for attributes in source.
    pub(super) fn is_text_out(&self, attributes: &[&str]) -> bool {
        let conditions = attributes.iter().filter(|text| text.contains("cfg"));
        let parsed = conditions.filter_map(|text| Attribute::parse_outer.parse_str(text).ok());
        parsed.flatten().any(|attribute| self.is_out(&[attribute]))
    }

    /// `None` if it depends.
    fn holds(&self, predicate: &Meta) -> Option<bool> {
        match predicate {
            Meta::Path(path) if path.is_ident("test") || path.is_ident("unix") => Some(false),
            Meta::Path(_) => None,
            Meta::NameValue(pair) => {
                let Expr::Lit(value) = &pair.value else {
                    return None;
                };
                let Lit::Str(value) = &value.lit else {
                    return None;
                };
                match () {
                    () if pair.path.is_ident("target_arch") => Some(value.value() == "bpf"),
                    () if pair.path.is_ident("target_os") => Some(value.value() == "none"),
                    () if pair.path.is_ident("feature") => {
                        Some(self.features?.contains(&value.value()))
                    }
                    () => None,
                }
            }
            Meta::List(list) => {
                let inner = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
                let inner = inner.ok()?;
                let inner: Vec<Option<bool>> = inner.iter().map(|one| self.holds(one)).collect();
                if list.path.is_ident("not") {
                    inner.first().copied().flatten().map(|holds| !holds)
                } else if list.path.is_ident("any") {
                    combine(&inner, true)
                } else if list.path.is_ident("all") {
                    combine(&inner, false)
                } else {
                    None
                }
            }
        }
    }
}

/// The value of a list in which one value `decides`: `true` for `any`, `false` for `all`.
fn combine(inner: &[Option<bool>], decides: bool) -> Option<bool> {
    if inner.contains(&Some(decides)) {
        return Some(decides);
    }
    let known = inner.iter().all(Option::is_some);
    known.then_some(!decides)
}
