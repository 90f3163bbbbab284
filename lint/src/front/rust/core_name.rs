//! The kernel's name for a struct, from the attribute that gives it another one than Rust's.

use syn::parse::Parser as _;
use syn::{Attribute, LitStr};

/// The name in an attribute `#[core(name = "..")]`. An attribute that the derive refuses has none.
pub(super) fn of(attribute: &str) -> Option<String> {
    let attributes = Attribute::parse_outer.parse_str(attribute).ok()?;
    let attribute = attributes.first()?;
    if !attribute.path().is_ident("core") {
        return None;
    }
    let mut name = None;
    let parsed = attribute.parse_nested_meta(|entry| {
        if entry.path.is_ident("name") {
            name = Some(entry.value()?.parse::<LitStr>()?.value());
        }
        Ok(())
    });
    name.filter(|_| parsed.is_ok())
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_name_is_found_in_every_form() {
        for attribute in [
            "#[core(name = \"tcphdr\")]",
            "#[core(typedef, name = \"tcphdr\")]",
            "#[core(name = \"tcphdr\", typedef)]",
            "#[ core(name=r\"tcphdr\",) ]",
            "#[core(/* the \"name\" there */ name = \"tcphdr\")]",
            "#[core(name = \"tcp\\x68dr\")]",
        ] {
            assert_eq!(of(attribute).as_deref(), Some("tcphdr"), "{attribute}");
        }
    }

    #[test]
    fn other_attributes_have_none() {
        for attribute in [
            "#[core(typedef)]",
            "#[core]",
            "#[core(name)]",
            "#[core_name(name = \"tcphdr\")]",
            "#[doc = \"core(name = \\\"tcphdr\\\")\"]",
            "#[core(name = \"tcphdr\"",
        ] {
            assert_eq!(of(attribute), None, "{attribute}");
        }
    }
}
