//! Writes an archive.

use std::collections::BTreeMap;

use miniz_oxide::deflate::compress_to_vec_zlib;

use super::{FORMAT, KernelId, MAGIC};

/// The level of zlib that packs most.
const BEST: u8 = 10;

/// Gathers kernels and their BTF.
#[derive(Debug, Default)]
pub struct Writer {
    kernels: u32,
    index: Vec<u8>,
    btfs: Vec<Vec<u8>>,
    numbers: BTreeMap<Vec<u8>, u32>,
}

impl Writer {
    /// An archive without kernels.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a kernel.
    pub fn add(&mut self, id: KernelId<'_>, btf: &[u8]) {
        let next = self.btfs.len() as u32;
        let number = *self.numbers.entry(btf.to_vec()).or_insert(next);
        if number == next {
            self.btfs.push(btf.to_vec());
        }
        self.index.extend(number.to_le_bytes());
        for text in [id.release, id.version, id.machine] {
            self.index.extend((text.len() as u32).to_le_bytes());
            self.index.extend(text.as_bytes());
        }
        self.kernels += 1;
    }

    /// How many different BTFs there are.
    pub fn distinct(&self) -> usize {
        self.btfs.len()
    }

    /// The bytes of the file.
    pub fn finish(self) -> Vec<u8> {
        let counts = [self.kernels, self.btfs.len() as u32];
        let mut rest: Vec<u8> = counts
            .iter()
            .flat_map(|count| count.to_le_bytes())
            .collect();
        rest.extend(self.index);
        for btf in &self.btfs {
            rest.extend((btf.len() as u32).to_le_bytes());
        }
        rest.extend(self.btfs.iter().flatten());
        let mut file = MAGIC.to_vec();
        file.extend(FORMAT.to_le_bytes());
        file.extend((rest.len() as u32).to_le_bytes());
        file.extend(compress_to_vec_zlib(&rest, BEST));
        file
    }
}
