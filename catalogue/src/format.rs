//! What the file of a catalogue begins with, and its limits.

use crate::definition::NameSpace;

/// What a catalogue begins with.
pub(crate) const MAGIC: &[u8; 16] = b"BPFCORE-KERNELS\0";

/// The format that this version writes and reads.
pub(crate) const FORMAT: u32 = 5;

/// Size of the head.
pub(crate) const HEAD: usize = 40;

/// No block is larger, unpacked: a damaged file must not take all memory.
pub(crate) const LARGEST: usize = 256 << 20;

/// Name spaces that may be unknown of a kernel.
pub(crate) const FACTS: [NameSpace; 3] = [NameSpace::Symbol, NameSpace::Config, NameSpace::IdSet];
