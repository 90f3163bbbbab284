//! How the parts of a catalogue are packed, which a tool that writes one chooses.

/// Packs the parts of a catalogue as zstd frames.
pub trait Pack {
    /// A zstd dictionary for parts like these, or nothing. The file has it, so it has to save more than it takes.
    fn dictionary(&mut self, parts: &[&[u8]]) -> Vec<u8>;

    /// A zstd frame of some bytes, made with a dictionary if that is not empty.
    fn frame(&mut self, bytes: &[u8], dictionary: &[u8]) -> Vec<u8>;
}

/// A function that makes a zstd frame of bytes.
pub(crate) struct WithoutDictionary<F>(pub(crate) F);

impl<F: FnMut(&[u8]) -> Vec<u8>> Pack for WithoutDictionary<F> {
    fn dictionary(&mut self, _parts: &[&[u8]]) -> Vec<u8> {
        Vec::new()
    }

    fn frame(&mut self, bytes: &[u8], _dictionary: &[u8]) -> Vec<u8> {
        self.0(bytes)
    }
}
