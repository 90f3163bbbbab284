//! The report on an object as JSON, one line each: written by `--format json`, read by `--since`.
//! `docs/portability.md` says what is in it.

use anyhow::{Result, bail};
use bpf_core_catalogue::Kernel;
use bpf_core_portability::{Effect, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of the form. Another one when a key changes its meaning or goes.
pub(crate) const VERSION: u32 = 1;

/// What tells the line from others.
pub(crate) const REASON: &str = "corelint-kernels";

/// An object on many kernels. Kernels are named by their index in `kernels`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// [`REASON`].
    pub reason: String,
    /// [`VERSION`].
    pub version: u32,
    /// The path of the object.
    pub object: String,
    /// The loader: `aya 0.14`.
    pub loader: String,
    /// The kernels.
    pub kernels: Vec<KernelName>,
    /// The programs, in the order of the object.
    pub programs: Vec<ProgramOn>,
    /// What is found.
    pub findings: Vec<FindingOn>,
}

/// Which kernel it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct KernelName {
    /// What `uname -r` prints.
    pub release: String,
    /// The version of its package; empty without one.
    pub version: String,
    /// The architecture, by its Debian name.
    pub architecture: String,
    /// `cloud`, `rt`; empty for the usual kernel.
    pub flavour: String,
    /// Who built it; empty if unknown.
    pub distribution: String,
}

/// A program, and what it does on each kernel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProgramOn {
    /// Its name.
    pub name: String,
    /// The name of its section.
    pub section: String,
    /// Words for verdicts, each with its kernels.
    pub verdicts: Vec<VerdictOn>,
}

/// What a program does on some kernels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VerdictOn {
    /// One of [`word`].
    pub verdict: String,
    /// Where.
    pub kernels: Vec<usize>,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FindingOn {
    /// The rule.
    pub rule: String,
    /// `error` or `warning`.
    pub level: String,
    /// What is wrong.
    pub message: String,
    /// What it is about.
    pub subject: String,
    /// The names of the programs.
    pub programs: Vec<String>,
    /// The source file, or the object.
    pub file: String,
    /// The line, if it is known.
    pub line: Option<usize>,
    /// What to write instead.
    pub help: Vec<String>,
    /// What happens where.
    pub cases: Vec<CaseOn>,
}

/// What happens on some kernels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CaseOn {
    /// One of [`word`].
    pub verdict: String,
    /// The variable of `.rodata` that decides, for `depends`.
    pub variable: Option<String>,
    /// What the kernels have; empty for nothing.
    pub has: String,
    /// Where.
    pub kernels: Vec<usize>,
}

impl From<&Kernel> for KernelName {
    fn from(kernel: &Kernel) -> Self {
        Self {
            release: kernel.release.clone(),
            version: kernel.version.clone(),
            architecture: kernel.architecture.clone(),
            flavour: kernel.flavour.clone(),
            distribution: kernel.distribution.clone(),
        }
    }
}

/// The word for a verdict.
#[must_use]
pub(crate) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Works => "works",
        Verdict::Unknown => "unknown",
        Verdict::Depends => "depends",
        Verdict::WrongValue => "wrong-value",
        Verdict::NotAttached => "not-attached",
        Verdict::Refused => "refused",
    }
}

/// The variable that an effect depends on.
#[must_use]
pub(crate) fn variable(effect: &Effect) -> Option<String> {
    match effect {
        Effect::RefusedIf(variable) => Some(variable.clone()),
        _ => None,
    }
}

/// A line of a report. `None`: it is no report on an object, but another of Cargo's messages.
///
/// # Errors
/// It is no message at all, or a report that this version does not read.
pub(crate) fn read(line: &str) -> Result<Option<Record>> {
    let value: Value = serde_json::from_str(line)?;
    match (value["reason"].as_str(), value["version"].as_u64()) {
        (None, _) => {
            bail!("it has no `reason`, as messages of `cargo corelint --format json` have")
        }
        (Some(REASON), Some(version)) if version == u64::from(VERSION) => {
            Ok(Some(serde_json::from_value(value)?))
        }
        (Some(REASON), version) => {
            let version = version.map_or("no version".to_owned(), |one| format!("version {one}"));
            bail!(
                "it has {version}, and this program reads version {VERSION}: write it again with `--format json`"
            )
        }
        _ => Ok(None),
    }
}
