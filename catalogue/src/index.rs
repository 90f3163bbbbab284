//! Reads the index of a catalogue: its kernels, and where its blocks and its sets of kernels are.

use std::sync::OnceLock;

use crate::block;
use crate::bytes::Reader;
use crate::definition::Region;
use crate::error::Damaged;
use crate::format::{FACTS, HEAD};
use crate::frame::Frame;
use crate::kernel::Kernel;
use crate::sets::Sets;

/// The index. Sets of kernels are given by their numbers.
#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) kernels: Vec<Kernel>,
    /// Names of modules, and the kernels whose module of this name is known.
    pub(crate) modules: Vec<(String, usize)>,
    /// Of each of [`FACTS`].
    pub(crate) known: Vec<usize>,
    /// Of each of [`Region::ALL`].
    pub(crate) dictionaries: Vec<Frame>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) sets: Sets,
}

/// A block: the first name and the region of its definitions.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) first: String,
    pub(crate) region: Region,
    pub(crate) frame: Frame,
    pub(crate) unpacked: OnceLock<block::Block>,
}

impl Index {
    /// Reads the index of a file that has so many bytes.
    pub(crate) fn read(index: &[u8], size: usize) -> Result<Self, Damaged> {
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
        let mut dictionaries = Vec::new();
        let mut start = HEAD;
        for _ in Region::ALL {
            let frame = Frame::read(&mut reader, start, size)?;
            start = frame.end();
            dictionaries.push(frame);
        }
        let mut blocks = Vec::new();
        for _ in 0..reader.count()? {
            let first = reader.string()?.to_owned();
            let region = Region::from_raw(reader.byte()?);
            let frame = Frame::read(&mut reader, start, size)?;
            start = frame.end();
            blocks.push(Block {
                first,
                region: region.ok_or(Damaged("has a block of an unknown region"))?,
                frame,
                unpacked: OnceLock::new(),
            });
        }
        let sets = Sets::read(&mut reader, (start, size), kernels.len())?;
        Ok(Self {
            kernels,
            modules,
            known,
            dictionaries,
            blocks,
            sets,
        })
    }
}
