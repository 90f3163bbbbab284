//! What can be wrong with the bytes of a catalogue or of a kernel's BTF.

use thiserror::Error;

/// Why a part of a catalogue cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub(crate) struct Damaged(pub(crate) &'static str);

/// Why bytes are not a catalogue that this version reads.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// They do not begin like one.
    #[error("this is no catalogue of kernels: it does not begin with `BPFCORE-KERNELS`")]
    NotACatalogue,
    /// Another version of this crate wrote it.
    #[error(
        "the catalogue has format {found}, and this program reads format {known}: make it again, or update the program"
    )]
    Version {
        /// The format of the file.
        found: u32,
        /// The format that this version reads.
        known: u32,
    },
    /// A part is not what was written.
    #[error("the catalogue is damaged: its {part}, at offset {offset}, {why}")]
    Damaged {
        /// The part of the file.
        part: &'static str,
        /// Where the part begins, in bytes.
        offset: u64,
        /// What is wrong with it.
        why: &'static str,
    },
}

/// Why a kernel's BTF cannot be added to a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AddError {
    /// Types refer to each other without end.
    #[error("type [{0}] refers to itself without a name on the way")]
    Endless(u32),
    /// A type refers to a type that is not there, or of a kind that cannot stand there.
    #[error("type [{0}] refers to what is no type")]
    BadReference(u32),
}
