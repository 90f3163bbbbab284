//! Reads a catalogue: the index at once, a block when one of its names is asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use bpf_core_btf::essential_name;

use crate::block::{self, Owner, Row};
use crate::body::{self, View};
use crate::definition::{Definition, NameSpace, Region};
use crate::dictionary::Dictionary;
use crate::error::{Damaged, OpenError};
use crate::format::{FACTS, FORMAT, HEAD, MAGIC};
use crate::frame::Frame;
use crate::index::{Block, Index};
use crate::kernel::Kernel;
use crate::set::KernelSet;
use crate::sets::Sets;

/// Many kernels' definitions. Borrows the file, which may be mapped.
#[derive(Debug)]
pub struct Catalogue<'a> {
    file: &'a [u8],
    hash: u64,
    kernels: Arc<[Kernel]>,
    modules: Vec<(String, KernelSet)>,
    with_modules: KernelSet,
    /// Of each of [`FACTS`].
    known: Vec<KernelSet>,
    sets: Sets,
    /// Of each of [`Region::ALL`].
    dictionaries: Vec<(Frame, OnceLock<Dictionary>)>,
    blocks: Vec<Block>,
}

const UNKNOWN_SET: Damaged = Damaged("has an unknown set of kernels");

/// A definition, and the kernels that have it.
#[derive(Clone, Debug)]
pub struct Entry<'c> {
    /// The name space of its name.
    pub space: NameSpace,
    /// Its name.
    pub name: &'c str,
    /// Where it is: in the kernel itself (`None`) or in a module, in some kernels.
    pub owners: Vec<(Option<&'c str>, &'c KernelSet)>,
    body: View<'c>,
    frame: &'c Frame,
}

impl<'c> Entry<'c> {
    /// The definition.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn definition(&self) -> Result<Definition, OpenError> {
        body::decode(self.body).map_err(|damaged| self.frame.damaged("block", damaged))
    }

    /// The kernels that have it, in themselves or in a module.
    pub fn kernels(&self) -> KernelSet {
        let sets = self.owners.iter();
        sets.fold(KernelSet::default(), |all, (_, set)| all.union(set))
    }

    /// The definition as it is stored.
    pub(crate) fn body(&self) -> View<'c> {
        self.body
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
        let start = usize::try_from(offset).ok();
        let start = start.filter(|start| (HEAD..=file.len()).contains(start));
        let start = start.ok_or(head("tells of an index behind the end of the file"))?;
        let frame = Frame::new(start..file.len(), size as usize, expected);
        let damaged = |damaged| frame.damaged("index", damaged);
        let index = frame.unpack(file, &Dictionary::default());
        let index = index.map_err(damaged)?;
        let index = Index::read(&index, file.len()).map_err(damaged)?;
        let set = |number| match index.sets.get(file, number) {
            Ok(set) => set.cloned().ok_or_else(|| damaged(UNKNOWN_SET)),
            Err(error) => Err(error),
        };
        let known = index.known.iter().map(|number| set(*number));
        let known = known.collect::<Result<_, _>>()?;
        let modules = index.modules.iter();
        let modules = modules.map(|(name, number)| Ok((name.clone(), set(*number)?)));
        let modules = modules.collect::<Result<Vec<(String, KernelSet)>, OpenError>>()?;
        let sets_of_modules = modules.iter().map(|(_, set)| set);
        let with_modules = sets_of_modules.fold(KernelSet::default(), |all, set| all.union(set));
        let dictionaries = index.dictionaries.into_iter();
        let dictionaries = dictionaries.map(|frame| (frame, OnceLock::new()));
        Ok(Self {
            file,
            hash: expected,
            kernels: index.kernels.into(),
            modules,
            with_modules,
            known,
            sets: index.sets,
            dictionaries: dictionaries.collect(),
            blocks: index.blocks,
        })
    }

    /// A number that is another one for other contents: the hash of the index, which has those of all blocks.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// The kernels, by their numbers.
    pub fn kernels(&self) -> &Arc<[Kernel]> {
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
        let mut found = Vec::new();
        for row in self.unpacked(block)?.rows_of(essential) {
            self.read_row(row, block, |entry| found.push(entry))?;
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
        let mut rows = self.unpacked(block)?.rows();
        rows.try_for_each(|row| self.read_row(row, block, &mut each))
    }

    fn unpacked<'c>(&self, block: &'c Block) -> Result<&'c block::Block, OpenError> {
        if let Some(unpacked) = block.unpacked.get() {
            return Ok(unpacked);
        }
        let dictionary = self.dictionary(block.region)?;
        let unpacked = block.frame.unpack(self.file, dictionary);
        let unpacked = unpacked.and_then(block::Block::new);
        let unpacked = unpacked.map_err(|damaged| block.frame.damaged("block", damaged))?;
        // Another thread may have been faster, with the same bytes.
        Ok(block.unpacked.get_or_init(|| unpacked))
    }

    fn dictionary(&self, region: Region) -> Result<&Dictionary, OpenError> {
        let (frame, dictionary) = &self.dictionaries[region as usize];
        if let Some(dictionary) = dictionary.get() {
            return Ok(dictionary);
        }
        let bytes = frame.unpack(self.file, &Dictionary::default());
        let bytes = bytes.map_err(|damaged| frame.damaged("dictionary", damaged))?;
        Ok(dictionary.get_or_init(|| Dictionary::new(bytes, frame.hash())))
    }

    /// Reads the definitions of a name.
    fn read_row<'c>(
        &'c self,
        row: Result<Row<'c>, Damaged>,
        block: &'c Block,
        mut each: impl FnMut(Entry<'c>),
    ) -> Result<(), OpenError> {
        let damaged = |damaged| block.frame.damaged("block", damaged);
        let mut row = row.map_err(damaged)?;
        let space = NameSpace::from_raw(row.space);
        let space = space.ok_or_else(|| damaged(Damaged("has a name of an unknown kind")))?;
        for _ in 0..row.count {
            let mut owners = Vec::new();
            loop {
                let (owner, more) = row.definitions.owner().map_err(damaged)?;
                let set = self.sets.get(self.file, owner.kernels)?;
                let set = set.ok_or_else(|| damaged(UNKNOWN_SET))?;
                owners.push((self.module(&owner).map_err(damaged)?, set));
                if !more {
                    break;
                }
            }
            each(Entry {
                space,
                name: row.name,
                owners,
                body: row.definitions.body().map_err(damaged)?,
                frame: &block.frame,
            });
        }
        Ok(())
    }

    fn module(&self, owner: &Owner) -> Result<Option<&str>, Damaged> {
        let Some(module) = owner.module else {
            return Ok(None);
        };
        let module = self.modules.get(module);
        let (name, _) = module.ok_or(Damaged("has an unknown module"))?;
        Ok(Some(name))
    }
}

fn damaged_at(part: &'static str, offset: u64, Damaged(why): Damaged) -> OpenError {
    OpenError::Damaged { part, offset, why }
}
