//! The field that a constant offset leads to.

use anyhow::Result;
use bpf_core_catalogue::{Definition, KernelSet, Record, TypeRef};

use super::layout::{in_words, offsets};
use super::spot::last_before;
use super::{Several, Supported, shifted};

/// The field that a constant offset leads to.
#[derive(Clone, Debug)]
pub struct LeadsTo {
    /// The offset.
    pub byte: i64,
    /// The struct.
    pub record: String,
    /// The field. `None` if no supported kernel has one there.
    pub field: Option<String>,
    /// Where it is on the supported kernels.
    pub places: Vec<Several>,
}

impl LeadsTo {
    /// Whether every supported kernel has the field there.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        matches!(&self.places[..], [one] if one.value == self.byte && one.is_everywhere())
    }
}

/// A member that a byte of a struct is in.
#[derive(Clone, Debug, PartialEq, Eq)]
struct At {
    /// Its name.
    name: String,
    /// Whether it starts there.
    is_start: bool,
}

impl At {
    /// Whether one of the names is its own.
    fn is_named(&self, names: &[String]) -> bool {
        names
            .iter()
            .any(|name| self.name.trim_start_matches('_') == name)
    }

    fn of(record: &Record, byte: u32) -> Option<Self> {
        let bit = byte.checked_mul(8)?;
        if byte >= record.size {
            return None;
        }
        let member = last_before(record, byte).next_back()?;
        if let (TypeRef::Unnamed(of), true) = (&member.type_ref, member.name.is_empty())
            && let Definition::Record(of) = &**of
        {
            return Self::of(of, byte - member.bit_offset / 8);
        }
        Some(Self {
            name: member.name.clone(),
            is_start: member.bit_offset == bit,
        })
    }
}

impl Supported<'_> {
    /// The field that a byte of a struct is in. `like` are the words of the program for it.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn leads_to(&self, record: &str, byte: i64, like: &[&str]) -> Result<Option<LeadsTo>> {
        let Ok(byte) = u32::try_from(byte) else {
            return Ok(None);
        };
        if self.size(record)?.values.is_empty() {
            return Ok(None);
        }
        let found = self.members_at(record, byte)?;
        let names = names_in(like);
        let meant = found
            .iter()
            .find(|(at, _)| at.is_start && at.is_named(&names));
        let mut field = meant.map(|(at, _)| at.name.clone());
        for name in names.iter().filter(|name| *name != record) {
            if field.is_none() && !self.field(record, name)?.values.is_empty() {
                field = Some(name.clone());
            }
        }
        let field = match field {
            Some(field) => Some(field),
            None => path_at(self, record, byte, &found, (&names, 0))?,
        };
        let mut places = match &field {
            // Of all architectures: an object is for each of them.
            Some(field) => in_words(self, &offsets(&self.field(record, field)?).values),
            None => Vec::new(),
        };
        // What the program has comes first.
        places.sort_by_key(|one| one.value != i64::from(byte));
        Ok(Some(LeadsTo {
            byte: i64::from(byte),
            record: record.to_owned(),
            field,
            places,
        }))
    }

    /// The struct that the name of a constant begins with, if the rest is a field of it: `SUPER_BLOCK_S_DEV_OFFSET` is
    /// about `super_block`.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn record_in(&self, constant: &str) -> Result<Option<String>> {
        let lower = constant.to_lowercase();
        let mut parts: Vec<&str> = lower.split('_').filter(|part| !part.is_empty()).collect();
        while parts.last().is_some_and(|last| OTHERS.contains(last)) {
            parts.pop();
        }
        for len in (1..parts.len()).rev() {
            let (record, field) = (parts[..len].join("_"), parts[len..].join("_"));
            if !self.size(&record)?.values.is_empty()
                && !self.field(&record, &field)?.values.is_empty()
            {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// The members of a struct or union that are at a byte: those that start there, or else those that the
    /// byte is a part of.
    fn members_at(&self, record: &str, byte: u32) -> Result<Vec<(At, KernelSet)>> {
        let mut found: Vec<(At, KernelSet)> = Vec::new();
        for (first, catalogue) in self.known.catalogues() {
            for entry in catalogue.types_named(record)? {
                let Definition::Record(of) = entry.definition()? else {
                    continue;
                };
                let kernels = shifted(&entry.kernels(), first).intersection(self.kernels());
                if kernels.is_empty() {
                    continue;
                }
                let Some(at) = At::of(&of, byte) else {
                    continue;
                };
                match found.iter_mut().find(|(other, _)| *other == at) {
                    Some((_, set)) => *set = set.union(&kernels),
                    None => found.push((at, kernels)),
                }
            }
        }
        found.sort_by_key(|(_, set)| std::cmp::Reverse(set.len()));
        Ok(found)
    }
}

/// Structs in structs that are looked into.
const MAX_DEPTH: usize = 4;

/// The field at a byte, with the structs that it is in: `__sk_common.skc_family`. `found` are the members there.
fn path_at(
    supported: &Supported<'_>,
    record: &str,
    byte: u32,
    found: &[(At, KernelSet)],
    (names, depth): (&[String], usize),
) -> Result<Option<String>> {
    let starts = || found.iter().filter(|(at, _)| at.is_start);
    let meant = starts().find(|(at, _)| at.is_named(names));
    let Some((at, _)) = meant.or_else(|| starts().next()).or(found.first()) else {
        return Ok(None);
    };
    if at.is_start || depth == MAX_DEPTH {
        return Ok(Some(at.name.clone()));
    }
    let history = supported.field(record, &at.name)?;
    let before = history
        .values
        .iter()
        .filter(|(field, _)| field.bit_offset / 8 <= byte);
    let Some((field, _)) = before.max_by_key(|(_, kernels)| kernels.len()) else {
        return Ok(Some(at.name.clone()));
    };
    let text = field.type_text.as_str();
    let inner = text.strip_prefix("struct ").or(text.strip_prefix("union "));
    let inner = match inner {
        Some(inner) => {
            let byte = byte - field.bit_offset / 8;
            let found = supported.members_at(inner, byte)?;
            path_at(supported, inner, byte, &found, (names, depth + 1))?
        }
        None => None,
    };
    Ok(Some(match inner {
        Some(inner) => format!("{}.{inner}", at.name),
        None => at.name.clone(),
    }))
}

/// Words of constants that name no field.
const OTHERS: &[&str] = &["off", "offs", "offset", "of"];

/// The names that the words of a program may hold, the longest first: `TASK_REAL_PARENT` holds
/// `real_parent`.
#[must_use]
pub fn names_in(words: &[&str]) -> Vec<String> {
    let mut names = Vec::new();
    for word in words {
        let lower = word.to_lowercase();
        let parts: Vec<&str> = lower.split('_').filter(|part| !part.is_empty()).collect();
        for len in (1..=parts.len()).rev() {
            let runs = parts.windows(len).map(|run| run.join("_"));
            names.extend(runs.filter(|name| !OTHERS.contains(&name.as_str())));
        }
    }
    names
}
