//! A part of a file that is packed by itself: a zstd frame, with its sizes and its hash in the index.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use ruzstd::decoding::FrameDecoder;
use ruzstd::decoding::errors::FrameDecoderError;

use crate::bytes::{Reader, hash, put_number};
use crate::dictionary::Dictionary;
use crate::error::{Damaged, OpenError};
use crate::format::LARGEST;
use crate::pack::Pack;

/// Where a frame is, and what it unpacks to.
#[derive(Debug)]
pub(crate) struct Frame {
    place: Range<usize>,
    size: usize,
    hash: u64,
}

impl Frame {
    /// A frame at `place` that unpacks to `size` bytes, and whose bytes have this hash.
    pub(crate) fn new(place: Range<usize>, size: usize, hash: u64) -> Self {
        Self { place, size, hash }
    }

    /// Puts the frame of some bytes behind a file, and what tells of it behind a table.
    pub(crate) fn put(
        unpacked: &[u8],
        dictionary: &[u8],
        pack: &mut impl Pack,
        (file, table): (&mut Vec<u8>, &mut Vec<u8>),
    ) {
        let stored = pack.frame(unpacked, dictionary);
        put_number(table, stored.len() as u64);
        put_number(table, unpacked.len() as u64);
        table.extend(hash(&stored).to_le_bytes());
        file.extend(stored);
    }

    /// Reads what a table tells of the frame that begins at `start`, in a file that has so many bytes.
    pub(crate) fn read(
        reader: &mut Reader<'_>,
        start: usize,
        file: usize,
    ) -> Result<Self, Damaged> {
        let end = start.checked_add(reader.count()?);
        let end = end.filter(|end| *end <= file);
        let end = end.ok_or(Damaged("has a block behind the end of the file"))?;
        let size = reader.count()?;
        let hash = reader.bytes(8)?.try_into();
        let hash = u64::from_le_bytes(hash.map_err(|_| Damaged("ends early"))?);
        Ok(Self::new(start..end, size, hash))
    }

    /// Where the next one begins.
    pub(crate) fn end(&self) -> usize {
        self.place.end
    }

    /// The hash of its bytes, as they are stored.
    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    /// What the frame has. It was made with this dictionary.
    pub(crate) fn unpack(&self, file: &[u8], dictionary: &Dictionary) -> Result<Vec<u8>, Damaged> {
        let stored = file.get(self.place.clone()).unwrap_or_default();
        if hash(stored) != self.hash {
            return Err(Damaged("is not what was written"));
        }
        unpack(stored, self.size, dictionary)
    }

    /// The error about what this frame has.
    pub(crate) fn damaged(&self, part: &'static str, Damaged(why): Damaged) -> OpenError {
        let offset = self.place.start as u64;
        OpenError::Damaged { part, offset, why }
    }
}

thread_local! {
    /// The tables and the window of a decoder are made once, for each dictionary.
    static DECODERS: RefCell<HashMap<u64, FrameDecoder>> = RefCell::default();
}

/// The bytes of a zstd frame, of which there are `size`.
fn unpack(stored: &[u8], size: usize, dictionary: &Dictionary) -> Result<Vec<u8>, Damaged> {
    if size > LARGEST {
        return Err(Damaged("claims to be too large"));
    }
    let mut bytes = vec![0; size];
    let found = DECODERS.with_borrow_mut(|decoders| {
        let decoder = match decoders.entry(dictionary.hash()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(dictionary.decoder()?),
        };
        Ok(decoder.decode_all(stored, &mut bytes))
    })?;
    match found {
        Ok(found) if found == size => Ok(bytes),
        Ok(_) | Err(FrameDecoderError::TargetTooSmall) => Err(Damaged("unpacks to another size")),
        Err(_) => Err(Damaged("cannot be unpacked")),
    }
}
