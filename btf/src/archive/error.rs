//! Why a file is no archive, and why it has nothing for a kernel.

use core::fmt;

/// Why bytes are no archive of BTF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArchiveError {
    /// They begin otherwise.
    NotAnArchive,
    /// They are of a version of the format that this crate does not know.
    Version {
        /// Theirs.
        found: u32,
        /// The one that is known.
        known: u32,
    },
    /// They are not what was written.
    Damaged,
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnArchive => {
                f.write_str("not an archive of BTF: `cargo corelint min-btf` makes one")
            }
            Self::Version { found, known } => write!(
                f,
                "the archive of BTF has version {found} of the format, and this program reads {known}: make it \
                 anew"
            ),
            Self::Damaged => f.write_str("the archive of BTF is damaged: make it anew"),
        }
    }
}

impl std::error::Error for ArchiveError {}

/// Why an archive has no BTF for a kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PickError {
    /// No kernel of the archive has this release and machine.
    Unknown {
        /// Of the running kernel.
        release: String,
        /// Of the running kernel.
        machine: String,
        /// How many kernels the archive has.
        kernels: usize,
    },
    /// There are kernels of this release, and the running one was built from another version.
    OtherVersion {
        /// Of the running kernel.
        release: String,
        /// What the running kernel says of itself.
        version: String,
        /// The versions that the archive has.
        known: Vec<String>,
    },
    /// There are kernels of this release that differ, and the running one does not tell which of them it
    /// is.
    Ambiguous {
        /// Of the running kernel.
        release: String,
        /// The versions that the archive has.
        known: Vec<String>,
    },
}

impl fmt::Display for PickError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown {
                release,
                machine,
                kernels,
            } => write!(
                f,
                "no BTF for Linux `{release}` on `{machine}` among the archive's {kernels} kernels: add that \
                 kernel with `cargo corelint min-btf --from`"
            ),
            Self::OtherVersion {
                release,
                version,
                known,
            } => write!(
                f,
                "no BTF for this build of Linux `{release}`: it is `{version}`, and the archive has {}",
                quoted(known)
            ),
            Self::Ambiguous { release, known } => write!(
                f,
                "the archive has several builds of Linux `{release}` that differ, {}, and the running kernel \
                 does not tell which one it is",
                quoted(known)
            ),
        }
    }
}

fn quoted(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| format!("`{text}`")).collect();
    texts.join(", ")
}

impl std::error::Error for PickError {}
