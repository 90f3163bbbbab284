//! The types of all known kernels, for `../kernels.js` to show: `kernels.json`, `names.json`, and the
//! definitions in files by the hash of their names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use bpf_core_catalogue::{Catalogue, Definition, Entry, KernelSet, Member, OpenError, TypeRef};
use serde::Serialize;
use serde_json::json;

/// How many files of definitions there are. `../kernels.js` has the same number.
const FILES: u32 = 512;

/// A definition, and who has it.
#[derive(Serialize)]
struct Shown {
    kind: &'static str,
    size: u32,
    /// The module that has it; none for the kernel itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<String>,
    /// The kernels by their places in `kernels.json`: a bit each, in hexadecimal digits.
    on: String,
    /// Of a struct or union: name, offset in bits, bits of a bit-field, type.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<(String, u32, u8, String)>,
    /// Of an enum: name and value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    enumerators: Vec<(String, String)>,
}

/// The definitions of one file, by name.
type File = BTreeMap<String, Vec<Shown>>;

/// Writes the files into a folder.
pub(crate) fn write(folder: &Path) -> Result<()> {
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE)?;
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let save = |name: &str, text: String| {
        let file = folder.join(name);
        fs::write(&file, text).with_context(|| file.display().to_string())
    };
    // In the order of time, so that neighbours are.
    let mut order: Vec<usize> = (0..catalogue.kernels().len()).collect();
    order.sort_by_key(|at| catalogue.kernels()[*at].numbers());
    let kernels = order.iter().map(|at| {
        let kernel = &catalogue.kernels()[*at];
        let [major, minor, patch] = kernel.numbers();
        let build = format!("{} {}", kernel.architecture, kernel.flavour);
        json!({ "release": format!("{major}.{minor}.{patch}"), "build": build.trim() })
    });
    save(
        "kernels.json",
        json!(kernels.collect::<Vec<_>>()).to_string(),
    )?;
    let mut files: BTreeMap<u32, File> = BTreeMap::new();
    let mut names = BTreeSet::new();
    let mut failed: Option<OpenError> = None;
    catalogue.for_each(|entry| {
        let shown = entry.definition().map(|of| shown(&entry, &of, &order));
        match shown {
            Ok(all) if !all.is_empty() => {
                names.insert(entry.name.to_owned());
                let file = files.entry(hash(entry.name) % FILES).or_default();
                file.entry(entry.name.to_owned()).or_default().extend(all);
            }
            Ok(_) => {}
            Err(error) => failed = Some(error),
        }
    })?;
    failed.map_or(Ok(()), Err)?;
    save("names.json", json!(names).to_string())?;
    for (number, file) in files {
        save(&format!("{number}.json"), serde_json::to_string(&file)?)?;
    }
    Ok(())
}

/// One for each owner of a definition. None of what the page does not show.
fn shown(entry: &Entry<'_>, definition: &Definition, order: &[usize]) -> Vec<Shown> {
    let (kind, size, members, enumerators) = match definition {
        Definition::Record(of) => {
            let kind = if of.is_union { "union" } else { "struct" };
            (kind, of.size, members(&of.members), Vec::new())
        }
        Definition::Enum(of) => {
            let values = of.enumerators.iter();
            let values = values.map(|(name, value)| match of.is_signed {
                true => (name.clone(), value.cast_signed().to_string()),
                false => (name.clone(), value.to_string()),
            });
            ("enum", of.size, Vec::new(), values.collect())
        }
        _ => return Vec::new(),
    };
    let owners = entry.owners.iter();
    let owners = owners.map(|(module, set)| Shown {
        kind,
        size,
        module: module.map(str::to_owned),
        on: digits(set, order),
        members: members.clone(),
        enumerators: enumerators.clone(),
    });
    owners.collect()
}

/// Members; those of unnamed structs and unions stand where their record is.
fn members(all: &[Member]) -> Vec<(String, u32, u8, String)> {
    let all = all.iter();
    all.flat_map(|member| match &member.type_ref {
        TypeRef::Unnamed(of) if member.name.is_empty() => match &**of {
            Definition::Record(inner) => {
                let mut inner = members(&inner.members);
                for (_, bit_offset, ..) in &mut inner {
                    *bit_offset += member.bit_offset;
                }
                inner
            }
            _ => Vec::new(),
        },
        type_ref => {
            let name = member.name.clone();
            vec![(
                name,
                member.bit_offset,
                member.bitfield_size,
                type_ref.to_string(),
            )]
        }
    })
    .collect()
}

fn digits(set: &KernelSet, order: &[usize]) -> String {
    let bits: Vec<bool> = order.iter().map(|at| set.contains(*at)).collect();
    let digit = |bits: &[bool]| {
        let bits = bits.iter().enumerate();
        let value = bits.map(|(at, bit)| u32::from(*bit) << at).sum();
        char::from_digit(value, 16).unwrap_or_default()
    };
    bits.chunks(4).map(digit).collect()
}

/// FNV-1a, as the page computes it.
fn hash(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
