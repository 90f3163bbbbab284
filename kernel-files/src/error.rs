//! Why no kernel could be read from a file.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why no kernel could be read from a file, with the file's name.
#[derive(Debug, Error)]
#[error("{}: {fault}", path.display())]
#[non_exhaustive]
pub struct Error {
    /// The file; inside of an archive `archive/member`.
    pub path: PathBuf,
    /// What is wrong.
    #[source]
    pub fault: Fault,
}

/// What is wrong with a file.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Fault {
    /// The system cannot read it.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// It is of no known form.
    #[error(
        "this is no kernel image, module, BTF, package or archive of BTF that can be read; it begins with {0}"
    )]
    Unknown(String),
    /// The compressed data is damaged.
    #[error("the {format} data at offset {offset} cannot be unpacked: {why}")]
    Unpack {
        /// The compression.
        format: &'static str,
        /// Where the data begins.
        offset: usize,
        /// What the decoder says.
        why: String,
    },
    /// Unpacked, it would be larger than any kernel.
    #[error("the {format} data at offset {offset} unpacks to more than {limit} MiB")]
    TooLarge {
        /// The compression.
        format: &'static str,
        /// Where the data begins.
        offset: usize,
        /// The limit, in MiB.
        limit: u64,
    },
    /// A kernel that was built without BTF.
    #[error("the kernel has no BTF: it was built without `CONFIG_DEBUG_INFO_BTF`")]
    NoBtf,
    /// A module that was built without BTF.
    #[error("the module has no BTF")]
    NoModuleBtf,
    /// A package without a kernel in it.
    #[error("the package has no kernel image: {0}")]
    NoKernel(&'static str),
    /// A part of an archive or package is damaged.
    #[error("the {part} is damaged: {why}")]
    Damaged {
        /// The part.
        part: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

impl Fault {
    pub(crate) fn at(self, path: impl AsRef<Path>) -> Error {
        Error {
            path: path.as_ref().to_owned(),
            fault: self,
        }
    }

    pub(crate) fn damaged(part: &'static str, why: impl ToString) -> Self {
        Self::Damaged {
            part,
            why: why.to_string(),
        }
    }

    /// The first bytes, as `9f eb 01 00`.
    pub(crate) fn unknown(bytes: &[u8]) -> Self {
        let first: Vec<String> = bytes
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self::Unknown(if first.is_empty() {
            "nothing: it is empty".to_owned()
        } else {
            format!("`{}`", first.join(" "))
        })
    }
}
