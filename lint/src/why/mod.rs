//! `cargo corelint why`: why a kernel or a loader refused an object, by its log.

mod explain;
mod human;
mod kernels;
mod subject;

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use bpf_core_btf::object::Object;
use bpf_core_refusal::Log;
use clap::Args;
use serde::Serialize;

use crate::answer::Format;
use crate::known;

/// What to explain.
#[derive(Debug, Args)]
pub(crate) struct Why {
    /// What libbpf, aya or cilium/ebpf printed, or the verifier's log alone; `-` reads it from a pipe
    pub log: PathBuf,
    /// The objects that were loaded
    #[arg(required = true)]
    pub objects: Vec<PathBuf>,
    /// How it is shown
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
}

/// What a log says.
#[derive(Debug, Serialize)]
struct Explanation {
    refusals: Vec<explain::Explained>,
    /// Lines that may tell a cause, and are not known.
    unknown: Vec<String>,
}

/// Gives the text of an answer.
///
/// # Errors
/// The log or an object cannot be read.
pub(crate) fn answer(asked: &Why) -> Result<String> {
    let log = Log::read(&log(&asked.log)?);
    let mut files = Vec::new();
    for path in &asked.objects {
        let name = path.display().to_string();
        let bytes = fs::read(path).with_context(|| name.clone())?;
        files.push((name, bytes));
    }
    let mut objects = Vec::new();
    for (name, bytes) in &files {
        let object = Object::parse(bytes).with_context(|| name.clone())?;
        object.btf_ext().with_context(|| name.clone())?;
        objects.push((name.as_str(), object));
    }
    let known = known::open()?;
    let refusals = log.refusals.iter();
    let refusals = refusals.map(|refusal| explain::explain(&known, &objects, refusal));
    let explanation = Explanation {
        refusals: refusals.collect::<Result<_>>()?,
        unknown: log.unknown,
    };
    Ok(match asked.format {
        Format::Human => human::text(&explanation),
        Format::Json => format!("{}\n", serde_json::to_string(&explanation)?),
    })
}

fn log(path: &Path) -> Result<Vec<u8>> {
    if path != Path::new("-") {
        return fs::read(path).with_context(|| path.display().to_string());
    }
    let mut bytes = Vec::new();
    let read = std::io::stdin().read_to_end(&mut bytes);
    read.context("the log cannot be read from the pipe")?;
    Ok(bytes)
}
