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
//! Dictionaries, blocks, sets and the index are zstd frames. The blocks of a region are packed with the region's
//! dictionary (`dictionary.rs`). A block has all definitions of some names in a row (`block.rs`): of
//! each its name, name space, owners and body. An owner is a module, or the kernel itself, with the number of a set of
//! kernels (`sets.rs`).
//! Dictionaries come first, then blocks of types, those of functions, variables and symbols, then those of options and sets of ids,
//! then sets of kernels. Kernels, names of modules, the first name of each block, and where each frame is, are in the
//! index.

use std::collections::{BTreeMap, HashMap, HashSet};

use bpf_core_btf::{Btf, essential_name};

use crate::block::{Columns, shared_start};
use crate::body::{self, Body};
use crate::bytes::{hash, put_number, put_string, until_zero};
use crate::collect::{Collector, Named};
use crate::definition::{Definition, NameSpace, Region};
use crate::error::{AddError, OpenError};
use crate::facts::Facts;
use crate::format::{FACTS, FORMAT, HEAD, MAGIC};
use crate::frame::Frame;
use crate::kernel::Kernel;
use crate::pack::{Pack, WithoutDictionary};
use crate::read::{Catalogue, Entry};
use crate::set::KernelSet;
use crate::sets::Numbers;

/// A block is closed once it has about this many bytes.
const BLOCK: usize = 64 << 10;

/// Collects kernels, and writes them as a catalogue.
#[derive(Debug, Default)]
pub struct Writer {
    kernels: Vec<Kernel>,
    modules: BTreeMap<String, KernelSet>,
    known: [KernelSet; FACTS.len()],
    names: BTreeMap<Key, Bodies>,
}

/// Types come first, and all flavours of a name stand together.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    region: Region,
    essential: String,
    name: String,
    space: NameSpace,
}

/// The definitions of a name, and who has them.
type Bodies = HashMap<Body, Owners>;

/// A name with its definitions.
type Name<'w> = (&'w Key, &'w Bodies);

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
                let mut add = |body: Body, kernels: &KernelSet| {
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
                    add(entry.body().to_body(), &unchanged);
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
        let name = until_zero(name);
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
    pub fn finish(self, compress: impl FnMut(&[u8]) -> Vec<u8>) -> Vec<u8> {
        self.finish_with(&mut WithoutDictionary(compress))
    }

    /// Writes the catalogue, with dictionaries.
    pub fn finish_with(self, pack: &mut impl Pack) -> Vec<u8> {
        let modules: HashMap<&str, u64> =
            self.modules.keys().map(String::as_str).zip(0..).collect();
        let blocks = self.blocks();
        let sets_of_blocks = blocks.iter().map(|names| {
            let bodies = names.iter().flat_map(|(_, bodies)| bodies.values());
            bodies.flat_map(BTreeMap::values)
        });
        let sets = Numbers::of(sets_of_blocks, self.modules.values().chain(&self.known));
        let blocks: Vec<(&Key, Vec<u8>)> = blocks
            .iter()
            .filter_map(|names| Some((names.first()?.0, bytes_of(names, &modules, &sets))))
            .collect();
        let mut file = vec![0; HEAD];
        let mut table = Vec::new();
        let dictionaries = Region::ALL.map(|region| {
            let parts = blocks.iter().filter(|(first, _)| first.region == region);
            let parts: Vec<&[u8]> = parts.map(|(_, block)| block.as_slice()).collect();
            pack.dictionary(&parts)
        });
        for dictionary in &dictionaries {
            Frame::put(dictionary, &[], pack, (&mut file, &mut table));
        }
        put_number(&mut table, blocks.len() as u64);
        for (first, block) in blocks {
            put_string(&mut table, &first.essential);
            table.push(first.region as u8);
            let dictionary = &dictionaries[first.region as usize];
            Frame::put(&block, dictionary, pack, (&mut file, &mut table));
        }
        sets.put(pack, &mut file, &mut table);
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
        index.extend(table);
        let stored = pack.frame(&index, &[]);
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

    /// The names of each block.
    fn blocks(&self) -> Vec<Vec<Name<'_>>> {
        let mut blocks: Vec<Vec<Name<'_>>> = Vec::new();
        let mut size = 0;
        for name in &self.names {
            let (key, bodies) = name;
            let mut shared = 0;
            let last = blocks.last_mut().and_then(|block| {
                let (last, _) = block.last()?;
                shared = shared_start(&key.name, &last.name);
                let is_full = size >= BLOCK && last.essential != key.essential;
                let fits = !is_full && last.region == key.region;
                fits.then_some(block)
            });
            match last {
                Some(block) => block.push(name),
                None => {
                    blocks.push(vec![name]);
                    size = 0;
                }
            }
            // Names of name spaces, counts and owners mostly have one byte each.
            size += key.name.len() - shared + 4;
            size += bodies
                .keys()
                .map(|body| body.view().len() + 1)
                .sum::<usize>();
        }
        blocks
    }
}

/// The block of some names.
fn bytes_of(names: &[Name<'_>], modules: &HashMap<&str, u64>, sets: &Numbers<'_>) -> Vec<u8> {
    let mut block = Columns::default();
    for (key, bodies) in names {
        block.name(key.space as u8, &key.name, bodies.len());
        put_bodies(&mut block, bodies, modules, sets);
    }
    block.finish()
}

/// Bodies in the order of the first kernel that has them, so that neighbours are alike.
fn put_bodies(
    block: &mut Columns,
    bodies: &Bodies,
    modules: &HashMap<&str, u64>,
    sets: &Numbers<'_>,
) {
    let mut bodies: Vec<(Vec<usize>, &Body, &Owners)> = bodies
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
        block.body(body.view());
    }
}
