//! The sets of kernels of a file, in frames of their own: a reader unpacks those that it needs.
//!
//! The first sets are those of the index, and those that several blocks use, by how often they are used. The others
//! are in the order of the blocks, so that a block has its sets in few frames. A set is stored as bits.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::bytes::{Reader, put_number};
use crate::dictionary::Dictionary;
use crate::error::{Damaged, OpenError};
use crate::frame::Frame;
use crate::pack::Pack;
use crate::set::KernelSet;

/// A frame is closed once it has this many bytes: the sets of a few blocks, as all of a frame are read at once.
const FRAME: usize = 16 << 10;

/// The sets of a file that is written.
#[derive(Debug)]
pub(crate) struct Numbers<'w> {
    numbers: HashMap<&'w KernelSet, u64>,
    sets: Vec<&'w KernelSet>,
}

/// How a set is used.
#[derive(Default)]
struct Uses {
    is_shared: bool,
    count: usize,
    /// The first block that uses it, and the last one.
    blocks: Option<(usize, usize)>,
}

impl<'w> Numbers<'w> {
    /// Gives numbers to the sets that each block uses, and to those that the index uses.
    pub(crate) fn of<S: IntoIterator<Item = &'w KernelSet>>(
        blocks: impl IntoIterator<Item = S>,
        index: impl IntoIterator<Item = &'w KernelSet>,
    ) -> Self {
        let mut uses: HashMap<&KernelSet, Uses> = HashMap::new();
        for (block, sets) in blocks.into_iter().enumerate() {
            for set in sets {
                let uses = uses.entry(set).or_default();
                let (first, last) = uses.blocks.unwrap_or((block, block));
                uses.is_shared |= last != block;
                uses.blocks = Some((first, block));
                uses.count += 1;
            }
        }
        for set in index {
            uses.entry(set).or_default().is_shared = true;
        }
        let mut sets: Vec<(&KernelSet, Uses)> = uses.into_iter().collect();
        // What many definitions have gets a small number.
        sets.sort_by_key(|(set, uses)| {
            let block = uses.blocks.filter(|_| !uses.is_shared);
            (block, std::cmp::Reverse(uses.count), *set)
        });
        let sets: Vec<&KernelSet> = sets.into_iter().map(|(set, _)| set).collect();
        Self {
            numbers: sets.iter().copied().zip(0..).collect(),
            sets,
        }
    }

    /// The number of a set.
    pub(crate) fn number(&self, set: &KernelSet) -> u64 {
        self.numbers[set]
    }

    /// Puts the frames behind a file, and what tells of them behind a table.
    pub(crate) fn put(&self, pack: &mut impl Pack, file: &mut Vec<u8>, table: &mut Vec<u8>) {
        let mut frames: Vec<(u64, Vec<u8>)> = Vec::new();
        for set in &self.sets {
            if frames.last().is_none_or(|(_, bytes)| bytes.len() >= FRAME) {
                frames.push((0, Vec::new()));
            }
            if let Some((count, bytes)) = frames.last_mut() {
                *count += 1;
                put_number(bytes, set.words().len() as u64);
                bytes.extend(set.words().iter().flat_map(|word| word.to_le_bytes()));
            }
        }
        put_number(table, frames.len() as u64);
        for (count, bytes) in frames {
            put_number(table, count);
            Frame::put(&bytes, &[], pack, (file, table));
        }
    }
}

/// The sets of a file that is read.
#[derive(Debug, Default)]
pub(crate) struct Sets {
    frames: Vec<OfFrame>,
    /// How many kernels there are.
    kernels: usize,
}

#[derive(Debug)]
struct OfFrame {
    /// The number of the first set behind it.
    end: usize,
    count: usize,
    frame: Frame,
    sets: OnceLock<Vec<KernelSet>>,
}

impl Sets {
    /// Reads what the index tells of them. The first frame begins at `start`, in a file that has `size` bytes.
    pub(crate) fn read(
        reader: &mut Reader<'_>,
        (mut start, size): (usize, usize),
        kernels: usize,
    ) -> Result<Self, Damaged> {
        let mut frames = Vec::new();
        let mut end = 0_usize;
        for _ in 0..reader.count()? {
            let count = reader.count()?;
            end = end.checked_add(count).ok_or(Damaged("has too many sets"))?;
            let frame = Frame::read(reader, start, size)?;
            start = frame.end();
            let sets = OnceLock::new();
            frames.push(OfFrame {
                end,
                count,
                frame,
                sets,
            });
        }
        Ok(Self { frames, kernels })
    }

    /// The set of a number, in the file that it was read from.
    pub(crate) fn get(&self, file: &[u8], number: usize) -> Result<Option<&KernelSet>, OpenError> {
        let at = self.frames.partition_point(|frame| frame.end <= number);
        let Some(of) = self.frames.get(at) else {
            return Ok(None);
        };
        let sets = match of.sets.get() {
            Some(sets) => sets,
            None => {
                let sets = of.unpack(file, self.kernels);
                let sets = sets.map_err(|damaged| of.frame.damaged("sets", damaged))?;
                // Another thread may have been faster, with the same sets.
                of.sets.get_or_init(|| sets)
            }
        };
        Ok(sets.get(number + of.count - of.end))
    }
}

impl OfFrame {
    fn unpack(&self, file: &[u8], kernels: usize) -> Result<Vec<KernelSet>, Damaged> {
        let bytes = self.frame.unpack(file, &Dictionary::default())?;
        let mut reader = Reader::new(&bytes);
        let mut sets = Vec::new();
        for _ in 0..self.count {
            let words = reader.count()?;
            let size = words.checked_mul(8).ok_or(Damaged("ends early"))?;
            let (words, _) = reader.bytes(size)?.as_chunks();
            let words = words.iter().map(|word| u64::from_le_bytes(*word));
            let set = KernelSet::from_words(words.collect());
            if set.end() > kernels {
                return Err(Damaged("has a kernel that is not there"));
            }
            sets.push(set);
        }
        Ok(sets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::WithoutDictionary;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    fn put(numbers: &Numbers<'_>) -> (Vec<u8>, Vec<u8>) {
        let (mut file, mut table) = (vec![0; 7], Vec::new());
        let compress = |bytes: &[u8]| compress_to_vec(bytes, CompressionLevel::Fastest);
        let mut pack = WithoutDictionary(compress);
        numbers.put(&mut pack, &mut file, &mut table);
        (file, table)
    }

    #[test]
    fn sets_come_back_from_several_frames() -> Result<(), OpenError> {
        let sets: Vec<KernelSet> = (0..3_000)
            .map(|at| [at, 1_999].into_iter().collect())
            .collect();
        let numbers = Numbers::of([&sets[1_000..], &sets[500..1_500]], &sets[..10]);
        let (file, table) = put(&numbers);
        let read = Sets::read(&mut Reader::new(&table), (7, file.len()), 3_000);
        let read = read.map_err(|_| OpenError::NotACatalogue)?;
        assert!(read.frames.len() > 5, "{} frames", read.frames.len());
        for set in sets[..10].iter().chain(&sets[500..]) {
            let number = numbers.number(set) as usize;
            assert_eq!(read.get(&file, number)?, Some(set));
        }
        assert_eq!(read.get(&file, 2_510)?, None);
        Ok(())
    }

    #[test]
    fn what_one_block_uses_stands_together_behind_what_several_use() {
        let sets: Vec<KernelSet> = (0..6).map(|at| [at].into_iter().collect()).collect();
        let of = |numbers: &[usize]| numbers.iter().map(|at| &sets[*at]).collect::<Vec<_>>();
        let blocks = [of(&[3, 0, 1]), of(&[2, 0, 0]), of(&[4, 1, 0])];
        let numbers = Numbers::of(blocks, of(&[5]));
        let order = [0, 1, 5, 3, 2, 4].map(|at: usize| numbers.number(&sets[at]));
        assert_eq!(order, [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn a_kernel_that_is_not_there_is_refused() {
        let set = KernelSet::first(65);
        let (file, table) = put(&Numbers::of([[&set]], []));
        let found = |kernels| {
            let read = Sets::read(&mut Reader::new(&table), (7, file.len()), kernels);
            read.is_ok_and(|read| read.get(&file, 0).is_ok())
        };
        assert!(found(65));
        assert!(!found(64));
    }
}
