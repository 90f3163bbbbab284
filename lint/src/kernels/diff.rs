//! `kernels diff`: the types that two kernels do not have alike, and what of them changed.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Result, bail};
use bpf_core_catalogue::{Definition, NameSpace};

use super::Known;

/// The definitions of a name on both kernels.
type Pair = [Vec<Definition>; 2];

/// What kernel `b` has otherwise than kernel `a`: `+` new, `-` gone, `~` changed.
pub(super) fn diff(known: &Known<'_>, a: &str, b: &str, types: &[String]) -> Result<String> {
    let numbers = [known.kernel(a)?, known.kernel(b)?];
    let mut pairs: BTreeMap<(String, NameSpace), Pair> = BTreeMap::new();
    for (first, catalogue) in known.catalogues() {
        let mut failed = None;
        let mut take = |entry: bpf_core_catalogue::Entry<'_>| {
            let is_wanted = types.is_empty() || types.iter().any(|name| name == entry.name);
            if !is_wanted || !entry.space.is_of_types() {
                return;
            }
            // Of two kernels, the modules of one may not be known.
            let mut owners = entry.owners.iter();
            let Some((_, kernels)) = owners.find(|(module, _)| module.is_none()) else {
                return;
            };
            let has =
                numbers.map(|at| at.checked_sub(first).is_some_and(|at| kernels.contains(at)));
            if has == [true, true] && types.is_empty() || has == [false, false] {
                return;
            }
            match entry.definition() {
                Ok(definition) => {
                    let pair = pairs
                        .entry((entry.name.to_owned(), entry.space))
                        .or_default();
                    for (side, _) in has.iter().enumerate().filter(|(_, has)| **has) {
                        pair[side].push(definition.clone());
                    }
                }
                Err(error) => failed = Some(error),
            }
        };
        catalogue.for_each(&mut take)?;
        if let Some(error) = failed {
            return Err(error.into());
        }
    }
    for name in types {
        if !pairs.keys().any(|(known, _)| known == name) {
            bail!("neither kernel has a type `{name}`");
        }
    }
    let mut text = String::new();
    let names = numbers.map(|at| known.kernels()[at].to_string());
    text.push_str(&format!("--- {}\n+++ {}\n", names[0], names[1]));
    for ((name, space), pair) in &pairs {
        let name = bpf_core_catalogue::type_name(*space, name);
        text.push_str(&changes(&name, pair, !types.is_empty()));
    }
    Ok(text)
}

/// `in_full`: members that only moved are listed too, not counted.
fn changes(name: &str, [old, new]: &Pair, in_full: bool) -> String {
    match (&old[..], &new[..]) {
        ([], _) => format!("+ {name}\n"),
        (_, []) => format!("- {name}\n"),
        (old, new) if old == new => format!("  {name}\n"),
        ([old], [new]) => {
            let (before, after) = (parts(old), parts(new));
            let mut text = format!("~ {name}\n");
            let mut moved = 0;
            for (part, value) in &before {
                match after.get(part) {
                    None => text.push_str(&format!("    - {part}: {value}\n")),
                    Some(other) if other == value => {}
                    Some(other) if !in_full && other.what == value.what => moved += 1,
                    Some(other) => text.push_str(&format!("    ~ {part}: {value} -> {other}\n")),
                }
            }
            if moved > 0 {
                text.push_str(&format!("    ~ {moved} that only moved\n"));
            }
            for (part, value) in after.iter().filter(|(part, _)| !before.contains_key(*part)) {
                text.push_str(&format!("    + {part}: {value}\n"));
            }
            text
        }
        _ => format!("~ {name}, defined more than once\n"),
    }
}

/// A part of a definition: what it is, and where.
#[derive(PartialEq, Eq)]
struct Part {
    what: String,
    place: String,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.what, self.place)
    }
}

/// What a definition consists of, by name.
fn parts(definition: &Definition) -> BTreeMap<String, Part> {
    let mut parts = BTreeMap::new();
    let mut add = |name: &str, what: String, place: String| {
        parts.insert(name.to_owned(), Part { what, place });
    };
    match definition {
        Definition::Record(record) => {
            add("(size)", record.size.to_string(), String::new());
            let members = record
                .members
                .iter()
                .filter(|member| !member.name.is_empty());
            for member in members {
                let byte = member.bit_offset / 8;
                let (width, bit) = match member.bitfield_size {
                    0 => (String::new(), String::new()),
                    bits => (
                        format!(", {bits} bits"),
                        format!(" bit {}", member.bit_offset % 8),
                    ),
                };
                let what = format!("{}{width}", member.type_ref);
                add(&member.name, what, format!(" at byte {byte}{bit}"));
            }
        }
        Definition::Enum(of) => {
            for (name, value) in &of.enumerators {
                add(name, value.cast_signed().to_string(), String::new());
            }
        }
        Definition::Typedef(of) => add("(type)", of.to_string(), String::new()),
        Definition::Int { size, .. } | Definition::Float(size) => {
            add("(size)", size.to_string(), String::new());
        }
        _ => {}
    }
    parts
}
