//! The loaders that objects are loaded by.

use std::fmt;

use bpf_core_portability::Loader;
use clap::ValueEnum;
use serde::Serialize;

/// A loader, which has a program of the package `kernel-load`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum By {
    Libbpf,
    Aya,
}

impl By {
    /// What loads by it inside of a guest.
    pub(crate) fn program(self) -> &'static str {
        match self {
            Self::Libbpf => "load-by-libbpf",
            Self::Aya => "load-by-aya",
        }
    }

    /// Its version that the program is built with.
    pub(crate) fn loader(self) -> Loader {
        match self {
            Self::Libbpf => Loader::Libbpf(1, 7),
            Self::Aya => Loader::Aya(0, 14),
        }
    }
}

/// `aya`
impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Libbpf => "libbpf",
            Self::Aya => "aya",
        })
    }
}
