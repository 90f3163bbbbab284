//! Makes a catalogue of kernels' BTF.
//!
//! The file: a head of [`HEAD`] bytes, blocks of definitions, an index. Numbers in the head are
//! little-endian.
//!
//! | head | |
//! |---|---|
//! | 16 bytes | [`MAGIC`] |
//! | `u32` | [`FORMAT`] |
//! | `u32` | size of the index, unpacked |
//! | `u64` | offset of the index |
//! | `u64` | hash of the index as it is stored |
//!
//! Blocks and index are zstd frames. A block has all definitions of some names in a row (`block.rs`): of
//! each its name, name space, owners and body. An owner is a module, or the kernel itself, with a set of
//! kernels.
//! Blocks of types come first, then those of functions, variables and symbols, then those of options and
//! sets of ids. Sets, names of modules, kernels and the first name of each block are in the index.

use std::collections::{BTreeMap, HashMap, HashSet};

use bpf_core_btf::{Btf, essential_name};

use crate::block::Columns;
use crate::body;
use crate::bytes::{hash, put_number, put_string};
use crate::collect::{Collector, Named};
use crate::definition::{Definition, NameSpace, Region};
use crate::error::{AddError, OpenError};
use crate::facts::Facts;
use crate::format::{FACTS, FORMAT, HEAD, MAGIC};
use crate::kernel::Kernel;
use crate::read::{Catalogue, Entry};
use crate::set::KernelSet;

/// A block is closed once it has this many bytes.
const BLOCK: usize = 64 << 10;

/// Collects kernels, and writes them as a catalogue.
#[derive(Debug, Default)]
pub struct Writer {
    kernels: Vec<Kernel>,
    modules: BTreeMap<String, KernelSet>,
    known: [KernelSet; FACTS.len()],
    names: BTreeMap<Key, HashMap<Vec<u8>, Owners>>,
}

/// Types come first, and all flavours of a name stand together.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    region: Region,
    essential: String,
    name: String,
    space: NameSpace,
}

/// In which kernels a definition is: of the kernel itself (the empty name), or of modules.
type Owners = BTreeMap<String, KernelSet>;

impl Writer {
    /// A catalogue without kernels.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds all kernels of a catalogue.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn add_all(&mut self, catalogue: &Catalogue<'_>) -> Result<(), OpenError> {
        let kernels = catalogue.kernels().iter().cloned().enumerate();
        self.add_like(catalogue, kernels, |_, _| Ok(Vec::new()))
    }

    /// Adds kernels that are like those of a catalogue, each with the number of the one that it is like.
    /// `change` gets each definition with the new kernels that have it. It gives what some of them have in
    /// its place. So a fleet of kernels can be simulated.
    ///
    /// # Errors
    /// When the catalogue is damaged, or `change` fails.
    pub fn add_like(
        &mut self,
        catalogue: &Catalogue<'_>,
        kernels: impl IntoIterator<Item = (usize, Kernel)>,
        mut change: impl FnMut(
            &Entry<'_>,
            &KernelSet,
        ) -> Result<Vec<(Definition, KernelSet)>, OpenError>,
    ) -> Result<(), OpenError> {
        let mut like = vec![KernelSet::default(); catalogue.kernels().len()];
        for (old, kernel) in kernels {
            if let Some(new) = like.get_mut(old) {
                new.insert(self.kernels.len());
                self.kernels.push(kernel);
            }
        }
        let moved = |set: &KernelSet| {
            let sets = set.iter().filter_map(|old| like.get(old));
            sets.fold(KernelSet::default(), |all, new| all.union(new))
        };
        for (module, set) in catalogue.modules() {
            let all = self.modules.entry(module.to_owned()).or_default();
            *all = all.union(&moved(set));
        }
        for (all, space) in self.known.iter_mut().zip(FACTS) {
            *all = all.union(&moved(&catalogue.known(space)));
        }
        let mut failed = None;
        catalogue.for_each(|entry| {
            for (module, set) in &entry.owners {
                let mut unchanged = moved(set);
                let mut add = |body: Vec<u8>, kernels: &KernelSet| {
                    let (space, name) = (entry.space, entry.name);
                    let named = Named { space, name, body };
                    self.add_definition(named, module.unwrap_or_default(), kernels);
                };
                match change(&entry, &unchanged) {
                    Ok(changed) => {
                        for (definition, kernels) in changed {
                            unchanged = unchanged.difference(&kernels);
                            add(body::encode(&definition), &kernels);
                        }
                    }
                    Err(error) => failed = Some(error),
                }
                if !unchanged.is_empty() {
                    add(entry.body().to_vec(), &unchanged);
                }
            }
        })?;
        failed.map_or(Ok(()), Err)
    }

    /// Adds a kernel with its modules; gives its number.
    ///
    /// # Errors
    /// When its types are none that C could have.
    pub fn add(
        &mut self,
        kernel: Kernel,
        vmlinux: &Btf<'_>,
        modules: &[(&str, &Btf<'_>)],
    ) -> Result<usize, AddError> {
        let number = self.kernels.len();
        let base = Collector::new(vmlinux, None)?;
        let own: HashSet<Named<'_>> = base.definitions()?.into_iter().collect();
        let mut found = Vec::new();
        for (name, btf) in modules {
            let mut definitions = Collector::new(btf, Some(&base))?.definitions()?;
            // A module often has copies of the kernel's types, and nobody looks for them there.
            definitions.retain(|definition| !own.contains(definition));
            found.push((*name, definitions));
        }
        let this = [number].into_iter().collect();
        for (module, _) in &found {
            let kernels = self.modules.entry((*module).to_owned()).or_default();
            kernels.insert(number);
        }
        let own = own.into_iter().map(|definition| ("", definition));
        let of_modules = found.into_iter().flat_map(|(module, definitions)| {
            definitions.into_iter().map(move |one| (module, one))
        });
        for (module, definition) in own.chain(of_modules) {
            self.add_definition(definition, module, &this);
        }
        self.kernels.push(kernel);
        Ok(number)
    }

    /// Adds what else is known of a kernel that was added.
    pub fn add_facts(&mut self, kernel: usize, facts: &Facts) {
        let this = [kernel].into_iter().collect();
        for (known, is_known) in self.known.iter_mut().zip(facts.are_known()) {
            if is_known {
                known.insert(kernel);
            }
        }
        facts.for_each(|space, name, definition| {
            let body = body::encode(&definition);
            self.add_definition(Named { space, name, body }, "", &this);
        });
    }

    fn add_definition(&mut self, named: Named<'_>, module: &str, kernels: &KernelSet) {
        let Named { space, name, body } = named;
        let key = Key {
            region: space.region(),
            essential: essential_name(name).to_owned(),
            name: name.to_owned(),
            space,
        };
        let owners = self.names.entry(key).or_default().entry(body).or_default();
        let all = owners.entry(module.to_owned()).or_default();
        *all = all.union(kernels);
    }

    /// Writes the catalogue. `compress` makes a zstd frame of the bytes that it is given.
    pub fn finish(self, mut compress: impl FnMut(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let modules: HashMap<&str, u64> =
            self.modules.keys().map(String::as_str).zip(0..).collect();
        let owners = self.names.values().flat_map(HashMap::values);
        let sets = owners.flat_map(BTreeMap::values);
        let sets = Sets::of(sets.chain(self.modules.values()).chain(&self.known));
        let mut file = vec![0; HEAD];
        let mut blocks = Vec::new();
        let mut block_count = 0_u64;
        let mut block = Columns::default();
        let mut first: Option<&Key> = None;
        let mut names = self.names.iter().peekable();
        while let Some((key, bodies)) = names.next() {
            let first_key = *first.get_or_insert(key);
            block.name(key.space as u8, &key.name, bodies.len());
            put_bodies(&mut block, bodies, &modules, &sets);
            let next = names.peek().map(|(next, _)| next);
            let ends = next.is_none_or(|next| {
                let is_full = block.len() >= BLOCK && next.essential != key.essential;
                is_full || next.region != key.region
            });
            if ends {
                let unpacked = std::mem::take(&mut block).finish();
                let stored = compress(&unpacked);
                put_string(&mut blocks, &first_key.essential);
                blocks.push(first_key.region as u8);
                put_number(&mut blocks, stored.len() as u64);
                put_number(&mut blocks, unpacked.len() as u64);
                blocks.extend(hash(&stored).to_le_bytes());
                block_count += 1;
                file.extend(stored);
                first = None;
            }
        }
        let mut index = Vec::new();
        put_number(&mut index, self.kernels.len() as u64);
        self.kernels
            .iter()
            .for_each(|kernel| kernel.put(&mut index));
        put_number(&mut index, self.modules.len() as u64);
        for (name, set) in &self.modules {
            put_string(&mut index, name);
            put_number(&mut index, sets.number(set));
        }
        for set in &self.known {
            put_number(&mut index, sets.number(set));
        }
        sets.put(&mut index);
        put_number(&mut index, block_count);
        index.extend(blocks);
        let stored = compress(&index);
        let offset = file.len() as u64;
        let head = [
            &MAGIC[..],
            &FORMAT.to_le_bytes(),
            &(index.len() as u32).to_le_bytes(),
            &offset.to_le_bytes(),
            &hash(&stored).to_le_bytes(),
        ]
        .concat();
        file[..HEAD].copy_from_slice(&head);
        file.extend(stored);
        file
    }
}

/// Bodies in the order of the first kernel that has them, so that neighbours are alike.
fn put_bodies(
    block: &mut Columns,
    bodies: &HashMap<Vec<u8>, Owners>,
    modules: &HashMap<&str, u64>,
    sets: &Sets,
) {
    let mut bodies: Vec<(Vec<usize>, &Vec<u8>, &Owners)> = bodies
        .iter()
        .map(|(body, owners)| {
            let kernels = owners.values().flat_map(KernelSet::iter).min();
            (kernels.into_iter().collect(), body, owners)
        })
        .collect();
    bodies.sort();
    for (_, body, owners) in bodies {
        let mut left = owners.len();
        for (module, set) in owners {
            left -= 1;
            let module = modules.get(module.as_str()).copied();
            block.owner(sets.number(set), module, left > 0);
        }
        block.body(body);
    }
}

/// The different sets of kernels. Those that many definitions have get the small numbers.
struct Sets {
    numbers: HashMap<KernelSet, u64>,
}

impl Sets {
    fn of<'o>(all: impl Iterator<Item = &'o KernelSet>) -> Self {
        let mut uses: HashMap<&KernelSet, u64> = HashMap::new();
        for set in all {
            *uses.entry(set).or_default() += 1;
        }
        let mut sets: Vec<_> = uses.into_iter().collect();
        sets.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let sets = sets.into_iter().map(|(set, _)| set.clone());
        Self {
            numbers: sets.zip(0..).collect(),
        }
    }

    fn number(&self, set: &KernelSet) -> u64 {
        self.numbers[set]
    }

    fn put(&self, out: &mut Vec<u8>) {
        let mut sets: Vec<_> = self.numbers.iter().collect();
        sets.sort_by_key(|(_, number)| **number);
        put_number(out, sets.len() as u64);
        for (set, _) in sets {
            put_number(out, set.words().len() as u64);
            set.words()
                .iter()
                .for_each(|word| out.extend(word.to_le_bytes()));
        }
    }
}
