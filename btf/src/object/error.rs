//! Why a file is no eBPF object.

use core::fmt;

use crate::error::Error;

/// Why a file is no eBPF object, or none that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObjectError {
    /// No 64-bit ELF file, or one whose tables are damaged.
    Elf(String),
    /// An ELF file for another machine, or one that is linked already.
    Foreign {
        /// `e_machine`: 247 is `EM_BPF`.
        machine: u16,
        /// `e_type`: 1 is `ET_REL`.
        kind: u16,
    },
    /// `.BTF` or `.BTF.ext` is damaged.
    Btf {
        /// Its name.
        section: &'static str,
        /// What is wrong, and at which byte of the section.
        error: Error,
    },
    /// A section is damaged.
    Section {
        /// Its name, or its number if it has none.
        section: String,
        /// The byte in the section.
        offset: u64,
        /// What is wrong.
        why: String,
    },
}

impl fmt::Display for ObjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elf(why) => write!(f, "damaged ELF file: {why}"),
            Self::Foreign { machine, kind } => write!(
                f,
                "no eBPF object: `e_machine` is {machine} and `e_type` {kind}, not 247 and 1"
            ),
            Self::Btf { section, error } => write!(f, "damaged `{section}`: {error}"),
            Self::Section {
                section,
                offset,
                why,
            } => write!(f, "damaged section `{section}`: {why} at byte {offset:#x}"),
        }
    }
}

impl std::error::Error for ObjectError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Btf { error, .. } => Some(error),
            _ => None,
        }
    }
}
