//! Decides by `#[cfg]` which code is part of a program: the target is BPF, and no test runs.

use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Lit, Meta, Token};

/// Whether attributes leave their item out. An item that depends on something unknown, such as a
/// feature, is in.
pub(super) fn is_out(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .filter_map(|attribute| attribute.parse_args::<Meta>().ok())
        .any(|predicate| holds(&predicate) == Some(false))
}

/// `None` if it depends.
fn holds(predicate: &Meta) -> Option<bool> {
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
                () => None,
            }
        }
        Meta::List(list) => {
            let inner = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            let inner: Vec<Option<bool>> = inner.ok()?.iter().map(holds).collect();
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

/// The value of a list in which one value `decides`: `true` for `any`, `false` for `all`.
fn combine(inner: &[Option<bool>], decides: bool) -> Option<bool> {
    if inner.contains(&Some(decides)) {
        return Some(decides);
    }
    let known = inner.iter().all(Option::is_some);
    known.then_some(!decides)
}
