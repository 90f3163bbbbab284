//! Paths to units of work.

pub mod discover;
pub mod manifest;
pub mod metadata;
pub mod walk;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::level::Levels;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Rust source.
    Rust,
}

impl Kind {
    /// What a file's name says that it is. `None` for files that nothing here reads.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "rs" => Some(Self::Rust),
            _ => None,
        }
    }
}

/// What is read and judged together.
#[derive(Debug)]
pub struct Unit {
    /// What there is to do.
    pub work: Work,
    /// Whose it is.
    pub owner: Arc<Owner>,
}

/// The files of a unit, by what is done with them.
#[derive(Debug)]
pub enum Work {
    /// The Rust sources of a package, sorted.
    RustCrate(Vec<PathBuf>),
    /// A file that is understood alone.
    File(Kind, PathBuf),
}

impl Work {
    /// The files that it starts from.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        match self {
            Self::RustCrate(files) => files,
            Self::File(_, file) => std::slice::from_ref(file),
        }
    }
}

/// The package that a unit belongs to, or a stand-in for files outside of any.
#[derive(Debug, Default)]
pub struct Owner {
    /// What JSON messages name, as Cargo writes it.
    pub package_id: String,
    /// Its `Cargo.toml`, or nothing.
    pub manifest_path: Option<PathBuf>,
    /// Its name.
    pub name: String,
    /// Its main target's kind (`bin` or `lib`).
    pub target_kind: String,
    /// Its main target's file.
    pub src_path: PathBuf,
    /// Whether it is a program for the kernel. `None` if only its files can tell.
    pub ebpf: Option<bool>,
    /// What its findings are worth.
    pub levels: Levels,
}
