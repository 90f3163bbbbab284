//! Flavours: the part of a type's name that CO-RE leaves out when it looks for the type in a kernel.

/// Splits a name at its flavour: at the *last* `___` that stands between two characters that are no
/// underscores (`bpf_core_essential_name_len` of libbpf). `None` if the name has no flavour.
///
/// `task_struct___v6` is a flavour of `task_struct`, and `a___b___c` one of `a___b`. Types and
/// enumerators have flavours, fields have none.
#[must_use]
pub fn split(name: &str) -> Option<(&str, &str)> {
    let bytes = name.as_bytes();
    let window = bytes
        .windows(5)
        .rposition(|w| w[0] != b'_' && &w[1..4] == b"___" && w[4] != b'_')?;
    // The middle of the window is ASCII, so both cuts are at the border of a character.
    Some((&name[..=window], &name[window + 4..]))
}

/// The name without its flavour, by the rule of [`split`].
#[must_use]
pub fn essential_name(name: &str) -> &str {
    split(name).map_or(name, |(essential, _)| essential)
}

#[cfg(test)]
mod tests {
    use super::{essential_name, split};

    #[test]
    fn a_flavour_starts_at_the_last_separator() {
        for (name, essential) in [
            ("task_struct", "task_struct"),
            ("task_struct___old", "task_struct"),
            ("a___b___c", "a___b"),
            ("a____b", "a____b"),
            ("___b", "___b"),
            ("a___", "a___"),
            ("x____y___z", "x____y"),
            ("", ""),
            ("é___é", "é"),
        ] {
            assert_eq!(essential_name(name), essential, "{name}");
        }
        assert_eq!(split("é___é"), Some(("é", "é")));
        assert_eq!(split("a____b"), None);
    }
}
