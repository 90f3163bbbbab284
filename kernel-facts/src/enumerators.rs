//! Enumerators of the kernel's own enums: those whose values change from one kernel to the next, and
//! those of enums without a name, which CO-RE cannot ask for.

use std::collections::HashMap;
use std::sync::LazyLock;

/// `cargo xtask kernels enumerators` makes it of the BTF of Linux 5.10 to 7.3: an enum or `-`, an enumerator, and its values, the newest kernel's
/// first. Of enums with a name those enumerators only that have several values.
const KNOWN: &str = include_str!("generated/enumerators.txt");

/// The enum that an enumerator is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enum {
    /// One of that name.
    Named(&'static str),
    /// One without a name, which CO-RE cannot ask for: it finds types by their names.
    Unnamed,
}

static MOVING: LazyLock<HashMap<&str, Enum>> = LazyLock::new(|| {
    let moving = lines().filter(|(_, _, values)| values.len() > 1);
    moving
        .map(|(of, name, _)| {
            let of = match of {
                "-" => Enum::Unnamed,
                of => Enum::Named(of),
            };
            (name, of)
        })
        .collect()
});

/// The kernel's enum that has an enumerator of that name. `None` where all kernels agree on its value, as on
/// those of the user-space API, and for what is not known.
#[must_use]
pub fn enum_of(enumerator: &str) -> Option<Enum> {
    if let Some(of) = MOVING.get(enumerator) {
        return Some(*of);
    }
    // bindgen puts the enum's name in front.
    let mut parts = enumerator.match_indices('_');
    parts.find_map(|(at, _)| match MOVING.get(&enumerator[at + 1..]) {
        Some(Enum::Named(of)) if *of == &enumerator[..at] => Some(Enum::Named(of)),
        _ => None,
    })
}

/// The enum that counts the elements of an array in a struct of the kernel.
#[must_use]
pub fn enum_of_elements(record: &str, field: &str) -> Option<&'static str> {
    match (record, field) {
        ("css_set" | "cgroup", "subsys") => Some("cgroup_subsys_id"),
        ("pglist_data", "vm_stat") => Some("node_stat_item"),
        ("zone", "vm_stat") => Some("zone_stat_item"),
        _ => None,
    }
}

/// The enumerators of enums without a name, each with the newest kernel's value.
pub fn unnamed() -> impl Iterator<Item = (&'static str, i64)> {
    let unnamed = lines().filter(|(of, _, _)| *of == "-");
    unnamed.filter_map(|(_, name, values)| Some((name, *values.first()?)))
}

fn lines() -> impl Iterator<Item = (&'static str, &'static str, Vec<i64>)> {
    KNOWN.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let (of, name) = (words.next()?, words.next()?);
        Some((
            of,
            name,
            words.filter_map(|word| word.parse().ok()).collect(),
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::{Enum, KNOWN, enum_of, lines, unnamed};

    #[test]
    fn knows_what_moves() {
        let reasons = Some(Enum::Named("skb_drop_reason"));
        assert_eq!(enum_of("SKB_DROP_REASON_NO_SOCKET"), reasons);
        assert_eq!(
            enum_of("skb_drop_reason_SKB_DROP_REASON_NO_SOCKET"),
            reasons
        );
        assert_eq!(
            enum_of("iter_type_ITER_BVEC"),
            Some(Enum::Named("iter_type"))
        );
        assert_eq!(enum_of("TRACE_EVENT_FL_DYNAMIC"), Some(Enum::Unnamed));
        for name in [
            "PIDTYPE_TGID",
            "MM_ANONPAGES",
            "IPPROTO_TCP",
            "my_cgrp_id",
            "",
        ] {
            assert_eq!(enum_of(name), None, "{name}");
        }
    }

    #[test]
    fn every_line_has_values() {
        assert_eq!(lines().count(), KNOWN.lines().count());
        assert!(lines().all(|(_, _, values)| !values.is_empty()));
        assert!(unnamed().any(|(name, value)| (name, value) == ("BPF_ANY", 0)));
    }
}
