//! The zstd dictionary of a region: what its blocks have in common, stored once.

use ruzstd::decoding::{self, FrameDecoder};

use crate::error::Damaged;

/// A dictionary, unpacked. It has no bytes if the blocks were packed without one.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    bytes: Vec<u8>,
    hash: u64,
}

impl Dictionary {
    /// A dictionary of these bytes, whose hash tells it from others.
    pub(crate) fn new(bytes: Vec<u8>, hash: u64) -> Self {
        Self { bytes, hash }
    }

    /// Tells it from other dictionaries.
    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    /// A decoder for frames that were made with it.
    pub(crate) fn decoder(&self) -> Result<FrameDecoder, Damaged> {
        let mut decoder = FrameDecoder::new();
        if !self.bytes.is_empty() {
            let unusable = Damaged("is packed with a dictionary that cannot be used");
            let dictionary = decoding::Dictionary::decode_dict(&self.bytes);
            let added = decoder.add_dict(dictionary.map_err(|_| unusable)?);
            added.map_err(|_| unusable)?;
        }
        Ok(decoder)
    }
}
