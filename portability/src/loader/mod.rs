//! The loader that a project uses: `libbpf 1.7`, `aya 0.14`, `cilium 0.17`.

mod limit;
mod section;
mod unnamed;
mod whole;

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::finding::Finding;
use crate::{CheckError, Scene};

/// A loader, and its version. Default: libbpf, the newest version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Loader {
    /// libbpf, and libbpf-rs on top of it.
    Libbpf(u32, u32),
    /// aya.
    Aya(u32, u32),
    /// cilium/ebpf.
    Cilium(u32, u32),
    /// `tc` and `ip`: libbpf, or code of their own. The command says which type a program has.
    Iproute2,
    /// Nothing says which. Judged as the newest libbpf; what another one takes is not refused for certain.
    Unnamed,
}

/// A text that names no loader.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "`{0}` names no loader: write `libbpf`, `aya`, `cilium` or `iproute2`, and a version if it is not the newest, such as `aya 0.14`"
)]
pub struct LoaderError(String);

/// Judges an object by what its loader, or any loader, cannot do.
pub(crate) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) -> Result<(), CheckError> {
    match scene.loader {
        Loader::Unnamed => unnamed::check(scene, findings),
        _ => named(scene, findings),
    }
}

fn named(scene: &Scene<'_>, findings: &mut Vec<Finding>) -> Result<(), CheckError> {
    limit::check(scene, findings)?;
    whole::check(scene, findings)
}

/// The newest version of each when this was written.
const NEWEST: [Loader; 4] = [
    Loader::Libbpf(1, 7),
    Loader::Aya(0, 14),
    Loader::Cilium(0, 22),
    Loader::Iproute2,
];

impl Default for Loader {
    fn default() -> Self {
        NEWEST[0]
    }
}

impl FromStr for Loader {
    type Err = LoaderError;

    fn from_str(text: &str) -> Result<Self, LoaderError> {
        let error = || LoaderError(text.to_owned());
        let mut words = text.split_whitespace();
        let name = words.next().ok_or_else(error)?;
        let newest = NEWEST
            .into_iter()
            .find(|loader| loader.name() == name)
            .ok_or_else(error)?;
        let Some(version) = words.next() else {
            return Ok(newest);
        };
        let mut numbers = version.split('.').map(str::parse);
        let (Some(Ok(major)), Some(Ok(minor)), None) =
            (numbers.next(), numbers.next(), words.next())
        else {
            return Err(error());
        };
        Ok(match newest {
            Self::Libbpf(..) => Self::Libbpf(major, minor),
            Self::Aya(..) => Self::Aya(major, minor),
            Self::Cilium(..) => Self::Cilium(major, minor),
            // Its libbpf decides, whose version it does not have.
            Self::Iproute2 | Self::Unnamed => newest,
        })
    }
}

impl Loader {
    /// The helper that the loader writes in place of this one where a kernel lacks it. All loaders know
    /// that `bpf_probe_read` was split in Linux 5.5.
    ///
    /// Source: `bpf_object__sanitize_prog` in `libbpf.c`, `fixupProbeReads` of cilium/ebpf,
    /// `sanitize_functions` of `aya-obj`.
    pub(crate) fn older_helper(self, number: u64) -> Option<u64> {
        match number {
            112 | 113 => Some(4),
            114 | 115 => Some(45),
            _ => None,
        }
    }

    /// Whether it puts a probe on the wrapper of a system call where there is no function of the name itself.
    ///
    /// Source: `kprobe` in `link/kprobe.go` of cilium/ebpf 0.7.
    pub(crate) fn tries_wrappers(self) -> bool {
        matches!(self, Self::Cilium(..)) && self.version() >= (0, 7)
    }

    /// Whether it can read BTF that has enums with values of 64 bits, as kernels have from 6.0 on.
    #[must_use]
    pub fn reads_wide_enums(self) -> bool {
        self.version() >= self.of_wide_enums()
    }

    /// Whether it is libbpf, as far as is known.
    fn is_libbpf(self) -> bool {
        matches!(self, Self::Libbpf(..) | Self::Iproute2 | Self::Unnamed)
    }

    /// The first version that can.
    fn of_wide_enums(self) -> (u32, u32) {
        match self {
            Self::Libbpf(..) | Self::Iproute2 | Self::Unnamed => (1, 0),
            Self::Cilium(..) => (0, 10),
            Self::Aya(..) => (0, 12),
        }
    }

    fn version(self) -> (u32, u32) {
        match self {
            Self::Libbpf(major, minor) | Self::Aya(major, minor) | Self::Cilium(major, minor) => {
                (major, minor)
            }
            Self::Iproute2 | Self::Unnamed => Self::default().version(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Libbpf(..) | Self::Unnamed => "libbpf",
            Self::Aya(..) => "aya",
            Self::Cilium(..) => "cilium",
            Self::Iproute2 => "iproute2",
        }
    }
}

/// `aya 0.14`
impl fmt::Display for Loader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Iproute2 = self {
            return f.write_str(self.name());
        }
        let (major, minor) = self.version();
        write!(f, "{} {major}.{minor}", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loaders_are_named() {
        for text in ["libbpf 1.7", "aya 0.13", "cilium 0.17", "iproute2"] {
            assert_eq!(text.parse::<Loader>().unwrap().to_string(), text);
        }
        assert_eq!("libbpf 1.6.3".parse(), Ok(Loader::Libbpf(1, 6)));
        assert_eq!("aya".parse(), Ok(Loader::Aya(0, 14)));
        assert_eq!("iproute2 6.1".parse(), Ok(Loader::Iproute2));
        for text in ["", "gobpf", "aya x", "aya 1", "aya 0.14 0.15"] {
            assert!(text.parse::<Loader>().is_err(), "{text}");
        }
    }
}
