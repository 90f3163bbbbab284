//! What `#[core(...)]` says of a declaration: the kernel's name, where Rust's is another, and whether every
//! kernel has it.

use syn::parse::Parser as _;
use syn::{Attribute, LitStr};

/// The words of a `#[core(...)]` that rules ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Core {
    /// `name = ".."`
    pub(super) name: Option<String>,
    /// `optional`
    pub(super) is_optional: bool,
    /// `bitfield`
    pub(super) is_bitfield: bool,
}

impl Core {
    /// Those of all attributes of a declaration.
    pub(super) fn of(attributes: &[Attribute]) -> Self {
        let mut all = Self::default();
        for one in attributes.iter().filter_map(parsed) {
            all.name = all.name.or(one.name);
            all.is_optional |= one.is_optional;
            all.is_bitfield |= one.is_bitfield;
        }
        all
    }
}

/// The name in an attribute `#[core(name = "..")]`. An attribute that the derive refuses has none.
pub(super) fn name(attribute: &str) -> Option<String> {
    let attributes = Attribute::parse_outer.parse_str(attribute).ok()?;
    parsed(attributes.first()?)?.name
}

fn parsed(attribute: &Attribute) -> Option<Core> {
    if !attribute.path().is_ident("core") {
        return None;
    }
    let mut core = Core::default();
    let parsed = attribute.parse_nested_meta(|entry| {
        if entry.path.is_ident("name") {
            core.name = Some(entry.value()?.parse::<LitStr>()?.value());
        }
        core.is_optional |= entry.path.is_ident("optional");
        core.is_bitfield |= entry.path.is_ident("bitfield");
        Ok(())
    });
    parsed.is_ok().then_some(core)
}

#[cfg(test)]
mod tests {
    use super::name;

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
            assert_eq!(name(attribute).as_deref(), Some("tcphdr"), "{attribute}");
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
            assert_eq!(name(attribute), None, "{attribute}");
        }
    }
}
