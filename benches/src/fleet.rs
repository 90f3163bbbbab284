//! A fleet of simulated kernels, in a catalogue: real ones whose structs some patches changed.
//!
//! A patch is in some of the kernels and changes some structs: it inserts a member, appends one, or removes
//! one. All numbers come from hashes, so each run makes the same fleet.

use std::collections::HashSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::{Context as _, Result};
use bpf_core_catalogue::{
    Catalogue, Definition, Entry, KernelSet, Member, NameSpace, OpenError, Record, TypeRef, Writer,
};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

/// How many patches there are.
const PATCHES: u64 = 300;

/// A patch changes one of so many structs.
const STRUCTS_A_CHANGE: u64 = 250;

/// How `--kernels` calls them.
pub(crate) const NAME: &str = "fleet";

/// How many of the shipped kernels a fleet is made of.
pub(crate) const REAL: usize = 34;

/// Writes a catalogue with `count` kernels, which are like the first [`REAL`] ones that are shipped, in turn.
/// The first of each are unchanged. The process then ends: what it used would count as its children's memory.
pub(crate) fn write(count: usize, file: &Path) -> Result<()> {
    let catalogue = catalogue(count)?;
    fs::write(file, catalogue).with_context(|| file.display().to_string())
}

fn catalogue(count: usize) -> Result<Vec<u8>> {
    let shipped = Catalogue::open(bpf_core_kernels_debian::CATALOGUE)?;
    let several = with_several_definitions(&shipped)?;
    let kernels = (0..count).map(|number| {
        let mut kernel = shipped.kernels()[number % REAL].clone();
        kernel.distribution = NAME.to_owned();
        let revision = number / REAL;
        kernel.release = format!("{}-{NAME}{revision}", kernel.release);
        (number % REAL, kernel)
    });
    let patches: Vec<KernelSet> = (0..PATCHES)
        .map(|patch| {
            // Some patches are in every second kernel, some in one of fifty.
            let share = 2 + hash(("share", patch)) % 48;
            let has = |kernel: &usize| hash((patch, *kernel)).is_multiple_of(share);
            (REAL..count).filter(has).collect()
        })
        .collect();
    let mut writer = Writer::new();
    writer.add_like(&shipped, kernels, |entry, kernels| {
        change(entry, kernels, &patches, &several)
    })?;
    Ok(writer.finish(|block| compress_to_vec(block, CompressionLevel::Fastest)))
}

/// The structs of which a kernel has several under one name: others name which one they mean.
fn with_several_definitions(catalogue: &Catalogue<'_>) -> Result<HashSet<String>> {
    let mut several = HashSet::new();
    let mut of_name = (String::new(), KernelSet::default());
    catalogue
        .for_each(|entry| {
            if entry.space != NameSpace::Struct {
                return;
            }
            let kernels = entry.kernels();
            if entry.name != of_name.0 {
                of_name = (entry.name.to_owned(), KernelSet::default());
            } else if !of_name.1.intersection(&kernels).is_empty() {
                several.insert(of_name.0.clone());
            }
            of_name.1 = of_name.1.union(&kernels);
        })
        .context("the shipped catalogue")?;
    Ok(several)
}

/// What kernels have in place of a definition: one for each set of patches that some of them have.
fn change(
    entry: &Entry<'_>,
    kernels: &KernelSet,
    patches: &[KernelSet],
    several: &HashSet<String>,
) -> Result<Vec<(Definition, KernelSet)>, OpenError> {
    if entry.space != NameSpace::Struct || several.contains(entry.name) {
        return Ok(Vec::new());
    }
    let Definition::Record(record) = entry.definition()? else {
        return Ok(Vec::new());
    };
    let mut unchanged = kernels.clone();
    let mut changed: Vec<(Record, KernelSet)> = Vec::new();
    for (patch, has) in (0..).zip(patches) {
        let number = hash((patch, entry.name));
        if !number.is_multiple_of(STRUCTS_A_CHANGE) {
            continue;
        }
        let before = changed.iter().map(|(record, set)| (record.clone(), set));
        let before = before.chain([(record.clone(), &unchanged)]);
        let patched: Vec<_> = before
            .map(|(record, set)| (patched(record, patch, number), set.intersection(has)))
            .collect();
        unchanged = unchanged.difference(has);
        for (_, set) in &mut changed {
            *set = set.difference(has);
        }
        changed.extend(patched);
        changed.retain(|(_, set)| !set.is_empty());
    }
    let changed = changed.into_iter();
    Ok(changed
        .map(|(record, set)| (Definition::Record(record), set))
        .collect())
}

fn patched(mut record: Record, patch: u64, number: u64) -> Record {
    let at = (number / STRUCTS_A_CHANGE / 3) as usize % record.members.len().max(1);
    match number / STRUCTS_A_CHANGE % 3 {
        0 => insert(&mut record, at, patch),
        1 => {
            let end = record.members.len();
            insert(&mut record, end, patch);
        }
        _ if record.members.len() > 1 => {
            record.members.remove(at);
        }
        _ => {}
    }
    record
}

/// Inserts a member of eight bytes; those behind it move.
fn insert(record: &mut Record, at: usize, patch: u64) {
    let moved = record.members.get(at).map(|member| member.bit_offset);
    let bit_offset = moved.unwrap_or(record.size * 8) / 64 * 64;
    for member in &mut record.members[at..] {
        member.bit_offset += 64;
    }
    let member = Member {
        name: format!("of_patch_{patch}"),
        bit_offset,
        bitfield_size: 0,
        type_ref: TypeRef::Named {
            space: NameSpace::Int,
            name: "long unsigned int".to_owned(),
            which: None,
        },
    };
    record.members.insert(at, member);
    record.size += 8;
}

fn hash(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}
