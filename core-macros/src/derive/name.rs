//! Checks the kernel's names of types, fields and enumerators.

use bpf_core_kernel_facts::flavour;
use proc_macro2::Span;
use syn::{Error, LitStr, Result};

use super::target::Target;

/// Checks a name that `#[core(name = "...")]` gives.
pub(super) fn given(name: &LitStr, target: Target) -> Result<()> {
    let value = name.value();
    let identifier = value.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !identifier {
        let what = if value.contains(' ') && matches!(target, Target::Record | Target::Enum) {
            "leave out `struct`, `union` and `enum`"
        } else if value.contains(['.', '[']) {
            "write the name of one field, and the path in the macro"
        } else {
            "write the name that the kernel's source has"
        };
        return Err(Error::new(
            name.span(),
            format!("not an identifier of C: {what}"),
        ));
    }
    match target {
        Target::Record | Target::Enum | Target::Enumerator => with_flavour(&value, name.span()),
        Target::Field | Target::PlainField => Ok(()),
    }
}

/// libbpf splits a flavour off by the rule of [`flavour::split`], aya at the first `___`: a name is
/// taken where the two agree.
pub(super) fn with_flavour(name: &str, at: Span) -> Result<()> {
    let Some((before, rest)) = name.split_once("___") else {
        return Ok(());
    };
    if rest.contains("___") {
        return Err(Error::new(
            at,
            "more than one `___`: leave one, as libbpf and aya disagree which starts the flavour",
        ));
    }
    if flavour::split(name) != Some((before, rest)) {
        return Err(Error::new(
            at,
            "a `___` without another character on both sides: libbpf and aya disagree whether it starts a \
             flavour",
        ));
    }
    Ok(())
}
