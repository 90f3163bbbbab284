//! Picks the BTF of the running kernel.

use super::{Archive, KernelId, PickError};

/// What `uname` tells of the running kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uname<'a> {
    /// `uname -r`.
    pub release: &'a str,
    /// `uname -v`.
    pub version: &'a str,
    /// `uname -m`.
    pub machine: &'a str,
}

impl Archive {
    /// The BTF of this kernel.
    ///
    /// A release names a kernel, but a distribution may build one release several times. Debian's kernels
    /// tell the version of their package (`uname -v`); such a kernel is given the BTF of that very version.
    ///
    /// # Errors
    /// The archive does not have this kernel, or has several of which it may be any.
    pub fn pick(&self, running: &Uname<'_>) -> Result<&[u8], PickError> {
        let of_release: Vec<_> = self
            .kernels()
            .filter(|(id, _)| id.release == running.release && id.machine == running.machine)
            .collect();
        if of_release.is_empty() {
            return Err(PickError::Unknown {
                release: running.release.to_owned(),
                machine: running.machine.to_owned(),
                kernels: self.kernels().len(),
            });
        }
        let known = || {
            let versions = of_release.iter().map(|(id, _)| id.version.to_owned());
            versions.collect()
        };
        let fits = |id: &KernelId<'_>| {
            let mut told = told_versions(running.version).peekable();
            id.version.is_empty() || told.peek().is_none() || told.any(|told| told == id.version)
        };
        let mut fitting = of_release.iter().filter(|(id, _)| fits(id));
        let Some((_, btf)) = fitting.next() else {
            return Err(PickError::OtherVersion {
                release: running.release.to_owned(),
                version: running.version.to_owned(),
                known: known(),
            });
        };
        match fitting.all(|(_, other)| other == btf) {
            true => Ok(btf),
            false => Err(PickError::Ambiguous {
                release: running.release.to_owned(),
                known: known(),
            }),
        }
    }
}

/// The versions in `#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-01)`: words that begin with a
/// number and a dot. Other distributions tell none: `#46~20.04.1-Ubuntu SMP Thu May 22 12:34:56 UTC 2025`.
fn told_versions(version: &str) -> impl Iterator<Item = &str> {
    version.split_whitespace().filter(|word| {
        let rest = word.trim_start_matches(|c: char| c.is_ascii_digit());
        rest.len() < word.len() && rest.starts_with('.')
    })
}
