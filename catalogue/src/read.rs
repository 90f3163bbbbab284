//! Reads a catalogue: the index at once, a block when one of its names is asked for.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use bpf_core_btf::essential_name;
use ruzstd::decoding::FrameDecoder;
use ruzstd::decoding::errors::FrameDecoderError;

use crate::block::{self, Owner, Row};
use crate::body;
use crate::bytes::{Reader, hash};
use crate::definition::{Definition, NameSpace, Region};
use crate::error::{Damaged, OpenError};
use crate::format::{FACTS, FORMAT, HEAD, LARGEST, MAGIC};
use crate::kernel::Kernel;
use crate::set::KernelSet;

/// Many kernels' definitions. Borrows the file, which may be mapped.
#[derive(Debug)]
pub struct Catalogue<'a> {
    file: &'a [u8],
    hash: u64,
    kernels: Vec<Kernel>,
    modules: Vec<(String, KernelSet)>,
    with_modules: KernelSet,
    /// Of each of [`FACTS`].
    known: Vec<KernelSet>,
    sets: Vec<KernelSet>,
    blocks: Vec<Block>,
}

#[derive(Debug)]
struct Block {
    first: String,
    region: Region,
    place: Range<usize>,
    size: usize,
    hash: u64,
    unpacked: OnceLock<block::Block>,
}

/// A definition, and the kernels that have it.
#[derive(Clone, Debug)]
pub struct Entry<'c> {
    /// The name space of its name.
    pub space: NameSpace,
    /// Its name.
    pub name: &'c str,
    /// Where it is: in the kernel itself (`None`) or in a module, in some kernels.
    pub owners: Vec<(Option<&'c str>, &'c KernelSet)>,
    body: &'c [u8],
    block: u64,
}

impl Entry<'_> {
    /// The definition.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn definition(&self) -> Result<Definition, OpenError> {
        body::decode(self.body).map_err(|damaged| damaged_at("block", self.block, damaged))
    }

    /// The kernels that have it, in themselves or in a module.
    pub fn kernels(&self) -> KernelSet {
        let sets = self.owners.iter();
        sets.fold(KernelSet::default(), |all, (_, set)| all.union(set))
    }

    /// The definition as it is stored.
    pub(crate) fn body(&self) -> &[u8] {
        self.body
    }

    /// What tells it from other definitions of its name.
    pub(crate) fn which(&self) -> u64 {
        hash(self.body)
    }
}

impl<'a> Catalogue<'a> {
    /// Checks the head and reads the index. Blocks are checked when they are read.
    ///
    /// # Errors
    /// When these are not the bytes of a catalogue of this version, or damaged ones.
    pub fn open(file: &'a [u8]) -> Result<Self, OpenError> {
        if file.get(..MAGIC.len()) != Some(&MAGIC[..]) {
            return Err(OpenError::NotACatalogue);
        }
        let word = |at: usize| {
            let bytes = file.get(at..at + 4)?.try_into().ok()?;
            Some(u32::from_le_bytes(bytes))
        };
        let long = |at: usize| {
            let bytes = file.get(at..at + 8)?.try_into().ok()?;
            Some(u64::from_le_bytes(bytes))
        };
        let head = |why| damaged_at("head", 0, Damaged(why));
        let found = word(16).ok_or(head("ends early"))?;
        if found != FORMAT {
            let known = FORMAT;
            return Err(OpenError::Version { found, known });
        }
        let (Some(size), Some(offset), Some(expected)) = (word(20), long(24), long(32)) else {
            return Err(head("ends early"));
        };
        let start = usize::try_from(offset).ok().filter(|start| *start >= HEAD);
        let stored = start.and_then(|start| file.get(start..));
        let stored = stored.ok_or(head("tells of an index behind the end of the file"))?;
        let damaged = |damaged| damaged_at("index", offset, damaged);
        if hash(stored) != expected {
            return Err(damaged(Damaged("is not what was written")));
        }
        let index = unpack(stored, size as usize).map_err(damaged)?;
        Self::read_index(file, expected, &index).map_err(damaged)
    }

    fn read_index(file: &'a [u8], hash: u64, index: &[u8]) -> Result<Self, Damaged> {
        let mut reader = Reader::new(index);
        let mut kernels = Vec::new();
        for _ in 0..reader.count()? {
            kernels.push(Kernel::read(&mut reader)?);
        }
        let mut modules = Vec::new();
        for _ in 0..reader.count()? {
            modules.push((reader.string()?.to_owned(), reader.count()?));
        }
        let mut known = Vec::new();
        for _ in FACTS {
            known.push(reader.count()?);
        }
        let mut sets = Vec::new();
        for _ in 0..reader.count()? {
            let mut words = Vec::new();
            for _ in 0..reader.count()? {
                let bytes = reader.bytes(8)?.try_into();
                words.push(u64::from_le_bytes(
                    bytes.map_err(|_| Damaged("ends early"))?,
                ));
            }
            sets.push(KernelSet::from_words(words));
        }
        let modules = modules
            .into_iter()
            .map(|(name, set)| Some((name, sets.get(set)?.clone())))
            .collect::<Option<Vec<(String, KernelSet)>>>()
            .ok_or(Damaged("has a module of unknown kernels"))?;
        let sets_of_modules = modules.iter().map(|(_, set)| set);
        let with_modules = sets_of_modules.fold(KernelSet::default(), |all, set| all.union(set));
        let known = known
            .into_iter()
            .map(|set| sets.get(set).cloned())
            .collect::<Option<_>>()
            .ok_or(Damaged("knows facts of unknown kernels"))?;
        let mut blocks = Vec::new();
        let mut start = HEAD;
        for _ in 0..reader.count()? {
            let first = reader.string()?.to_owned();
            let region = Region::from_raw(reader.byte()?);
            let end = start.checked_add(reader.count()?);
            let end = end.filter(|end| *end <= file.len());
            let end = end.ok_or(Damaged("has a block behind the end of the file"))?;
            let size = reader.count()?;
            let hash = reader.bytes(8)?.try_into();
            blocks.push(Block {
                first,
                region: region.ok_or(Damaged("has a block of an unknown region"))?,
                place: start..end,
                size,
                hash: u64::from_le_bytes(hash.map_err(|_| Damaged("ends early"))?),
                unpacked: OnceLock::new(),
            });
            start = end;
        }
        Ok(Self {
            file,
            hash,
            kernels,
            modules,
            with_modules,
            known,
            sets,
            blocks,
        })
    }

    /// A number that is another one for other contents: the hash of the index, which has those of all blocks.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// The kernels, by their numbers.
    pub fn kernels(&self) -> &[Kernel] {
        &self.kernels
    }

    /// The modules whose types are known, and of which kernels.
    pub fn modules(&self) -> impl Iterator<Item = (&str, &KernelSet)> {
        self.modules.iter().map(|(name, set)| (name.as_str(), set))
    }

    /// The kernels whose modules are known: the archives may have modules of others no more.
    pub fn with_modules(&self) -> &KernelSet {
        &self.with_modules
    }

    /// The modules that have a type or function of this name, each with its kernels. Copies of what a
    /// kernel has itself are left out: loaders take the kernel's own.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn modules_with(&self, name: &str) -> Result<Vec<(&str, KernelSet)>, OpenError> {
        let mut modules: BTreeMap<&str, KernelSet> = BTreeMap::new();
        let mut own = KernelSet::default();
        let entries = self.types_named(name)?.into_iter();
        for entry in entries.chain(self.functions_named(name)?) {
            for (module, kernels) in entry.owners {
                let all = module.map_or(&mut own, |module| modules.entry(module).or_default());
                *all = all.union(kernels);
            }
        }
        let modules = modules.into_iter();
        let modules = modules.map(|(module, set)| (module, set.difference(&own)));
        Ok(modules.filter(|(_, set)| !set.is_empty()).collect())
    }

    /// The kernels of which all names of this name space are known. The types of all are known, but a
    /// symbol, an option or a set of ids that a kernel does not have may only be unknown.
    pub fn known(&self, space: NameSpace) -> KernelSet {
        match FACTS.iter().position(|fact| *fact == space) {
            Some(at) => self.known[at].clone(),
            None => KernelSet::first(self.kernels.len()),
        }
    }

    /// All types, of all kernels, whose name without flavour is that of `name` without flavour: what
    /// libbpf looks at as candidates.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn types_named(&self, name: &str) -> Result<Vec<Entry<'_>>, OpenError> {
        self.find(essential_name(name), Region::Types)
    }

    /// The functions and variables of this name, of all kernels.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn functions_named(&self, name: &str) -> Result<Vec<Entry<'_>>, OpenError> {
        let mut found = self.code_named(name)?;
        found.retain(|entry| entry.space != NameSpace::Symbol);
        Ok(found)
    }

    /// The functions, variables and symbols of this name, of all kernels.
    pub(crate) fn code_named(&self, name: &str) -> Result<Vec<Entry<'_>>, OpenError> {
        let mut found = self.find(essential_name(name), Region::Code)?;
        found.retain(|entry| entry.name == name);
        Ok(found)
    }

    /// What exactly this name stands for in a name space, over all kernels.
    pub(crate) fn named(&self, space: NameSpace, name: &str) -> Result<Vec<Entry<'_>>, OpenError> {
        let mut found = self.find(essential_name(name), space.region())?;
        found.retain(|entry| entry.name == name && entry.space == space);
        Ok(found)
    }

    fn find(&self, essential: &str, region: Region) -> Result<Vec<Entry<'_>>, OpenError> {
        let key = (region, essential);
        let is_before = |block: &Block| (block.region, block.first.as_str()) <= key;
        let after = self.blocks.partition_point(is_before);
        let block = after.checked_sub(1).and_then(|at| self.blocks.get(at));
        let Some(block) = block.filter(|block| block.region == region) else {
            return Ok(Vec::new());
        };
        let damaged = |damaged| damaged_at("block", block.place.start as u64, damaged);
        let mut found = Vec::new();
        for row in self.unpacked(block)?.rows_of(essential) {
            let entries = self.read_row(row, block, |entry| found.push(entry));
            entries.map_err(damaged)?;
        }
        Ok(found)
    }

    /// Every definition, by name.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn for_each<'c>(&'c self, mut each: impl FnMut(Entry<'c>)) -> Result<(), OpenError> {
        for block in &self.blocks {
            self.each_of(block, &mut each)?;
        }
        Ok(())
    }

    /// Every definition of a region, by name.
    pub(crate) fn for_each_of<'c>(
        &'c self,
        region: Region,
        mut each: impl FnMut(Entry<'c>),
    ) -> Result<(), OpenError> {
        let mut blocks = self.blocks.iter().filter(|block| block.region == region);
        blocks.try_for_each(|block| self.each_of(block, &mut each))
    }

    /// The definitions of a region whose names start so, and some others.
    pub(crate) fn for_each_from<'c>(
        &'c self,
        region: Region,
        start: &str,
        mut each: impl FnMut(Entry<'c>),
    ) -> Result<(), OpenError> {
        // Blocks are in the order of names without flavours.
        let start = essential_name(start).trim_end_matches('_');
        let blocks = self.blocks.iter().filter(|block| block.region == region);
        let mut blocks = blocks.peekable();
        while let Some(block) = blocks.next() {
            let next = blocks.peek().map(|next| next.first.as_str());
            let is_before = next.is_some_and(|next| next < start);
            let is_behind = block.first.as_str() > start && !block.first.starts_with(start);
            if !is_before && !is_behind {
                self.each_of(block, &mut each)?;
            }
        }
        Ok(())
    }

    fn each_of<'c>(
        &'c self,
        block: &'c Block,
        mut each: impl FnMut(Entry<'c>),
    ) -> Result<(), OpenError> {
        let damaged = |damaged| damaged_at("block", block.place.start as u64, damaged);
        let mut rows = self.unpacked(block)?.rows();
        rows.try_for_each(|row| self.read_row(row, block, &mut each))
            .map_err(damaged)
    }

    fn unpacked<'c>(&self, block: &'c Block) -> Result<&'c block::Block, OpenError> {
        if let Some(unpacked) = block.unpacked.get() {
            return Ok(unpacked);
        }
        let stored = &self.file[block.place.clone()];
        let unpacked = if hash(stored) == block.hash {
            unpack(stored, block.size).and_then(block::Block::new)
        } else {
            Err(Damaged("is not what was written"))
        };
        let damaged = |damaged| damaged_at("block", block.place.start as u64, damaged);
        let unpacked = unpacked.map_err(damaged)?;
        // Another thread may have been faster, with the same bytes.
        Ok(block.unpacked.get_or_init(|| unpacked))
    }

    /// Reads the definitions of a name.
    fn read_row<'c>(
        &'c self,
        mut row: Row<'c>,
        block: &Block,
        mut each: impl FnMut(Entry<'c>),
    ) -> Result<(), Damaged> {
        let space = NameSpace::from_raw(row.space);
        let space = space.ok_or(Damaged("has a name of an unknown kind"))?;
        for _ in 0..row.count {
            let mut owners = Vec::new();
            loop {
                let (owner, more) = row.definitions.owner()?;
                owners.push(self.owner(&owner)?);
                if !more {
                    break;
                }
            }
            each(Entry {
                space,
                name: row.name,
                owners,
                body: row.definitions.body()?,
                block: block.place.start as u64,
            });
        }
        Ok(())
    }

    fn owner(&self, owner: &Owner) -> Result<(Option<&str>, &KernelSet), Damaged> {
        let set = self.sets.get(owner.kernels);
        let set = set.ok_or(Damaged("has an unknown set of kernels"))?;
        let Some(module) = owner.module else {
            return Ok((None, set));
        };
        let module = self.modules.get(module);
        let (name, _) = module.ok_or(Damaged("has an unknown module"))?;
        Ok((Some(name), set))
    }
}

fn damaged_at(part: &'static str, offset: u64, Damaged(why): Damaged) -> OpenError {
    OpenError::Damaged { part, offset, why }
}

thread_local! {
    /// Its tables and its window are made once.
    static DECODER: RefCell<FrameDecoder> = RefCell::new(FrameDecoder::new());
}

/// The bytes of a zstd frame, of which there are `size`.
fn unpack(stored: &[u8], size: usize) -> Result<Vec<u8>, Damaged> {
    if size > LARGEST {
        return Err(Damaged("claims to be too large"));
    }
    let mut bytes = vec![0; size];
    let found = DECODER.with_borrow_mut(|decoder| decoder.decode_all(stored, &mut bytes));
    match found {
        Ok(found) if found == size => Ok(bytes),
        Ok(_) | Err(FrameDecoderError::TargetTooSmall) => Err(Damaged("unpacks to another size")),
        Err(_) => Err(Damaged("cannot be unpacked")),
    }
}
