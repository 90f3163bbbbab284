//! `cargo corelint min-btf`: of each kernel the few types that objects need, for kernels that show no BTF of
//! their own.

mod kernels;
mod save;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use bpf_core_btf::object::Object;
use clap::Args;
use serde_json::json;

use crate::answer::Format;
use kernels::Minimal;

/// Make minimal BTF for objects, for kernels that have none of their own.
#[derive(Debug, Args)]
pub(crate) struct MinBtf {
    /// The objects that the BTF is for, together
    #[arg(required = true)]
    pub objects: Vec<PathBuf>,
    /// Which of the known kernels: `>=5.10`, `arm64`, `debian`; all if neither this nor --from is given
    #[arg(long, value_name = "KERNELS", value_delimiter = ',')]
    pub kernels: Vec<String>,
    /// Kernels out of files: BTF, images, packages, folders of them, `/sys/kernel/btf`
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub from: Vec<PathBuf>,
    /// The archive of all kernels; or a folder, which then has a file RELEASE.btf for each kernel
    #[arg(short, long, value_name = "FILE|FOLDER/")]
    pub output: PathBuf,
    /// How the result is told
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
}

/// Makes the BTF, writes it, and tells what was written.
///
/// # Errors
/// An object or a kernel cannot be read, no kernel takes the objects, or the output cannot be written. Then
/// nothing is written.
pub(crate) fn answer(options: &MinBtf) -> Result<String> {
    let files = options.objects.iter().map(|path| read(path));
    let files: Vec<Vec<u8>> = files.collect::<Result<_>>()?;
    let objects = options.objects.iter().zip(&files);
    let objects = objects.map(|(path, bytes)| object(path, bytes));
    let objects: Vec<Object<'_>> = objects.collect::<Result<_>>()?;
    need_anything(&objects)?;
    let minimals = kernels::minimals(&objects, &options.kernels, &options.from)?;
    if minimals.is_empty() {
        bail!("no chosen kernel has the byte order of the objects");
    }
    let is_folder = save::is_folder(&options.output);
    let written = match is_folder {
        true => save::folder(&minimals, &options.output)?,
        false => save::archive(&minimals, &options.output)?,
    };
    Ok(match options.format {
        Format::Json => format!("{}\n", told_as_json(&minimals, written, &options.output)),
        Format::Human => {
            let plural = |count: usize, word: &str| match count {
                1 => format!("1 {word}"),
                _ => format!("{count} {word}s"),
            };
            format!(
                "{}, {}, {}: {}\n",
                plural(minimals.len(), "kernel"),
                plural(distinct(&minimals), "different BTF"),
                plural(written, "byte"),
                options.output.display()
            )
        }
    })
}

fn told_as_json(minimals: &[Minimal], written: usize, output: &Path) -> serde_json::Value {
    let kernels = minimals.iter().map(|Minimal { kernel, btf }| {
        json!({
            "release": kernel.release,
            "version": kernel.version,
            "architecture": kernel.architecture,
            "bytes": btf.len(),
        })
    });
    json!({
        "output": output,
        "bytes": written,
        "different": distinct(minimals),
        "kernels": kernels.collect::<Vec<_>>(),
    })
}

fn distinct(minimals: &[Minimal]) -> usize {
    let mut all: Vec<&[u8]> = minimals.iter().map(|one| &one.btf[..]).collect();
    all.sort_unstable();
    all.dedup();
    all.len()
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| path.display().to_string())
}

/// Objects without debug info have no relocations.
fn need_anything(objects: &[Object<'_>]) -> Result<()> {
    for object in objects {
        if object
            .btf_ext()?
            .is_some_and(|ext| !ext.core_relos().is_empty())
        {
            return Ok(());
        }
    }
    bail!(
        "the objects have no relocation, so they need no BTF of a kernel: were they compiled with debug info \
         (`-g`, `debug = 2`)?"
    );
}

fn object<'d>(path: &Path, bytes: &'d [u8]) -> Result<Object<'d>> {
    Object::parse(bytes).with_context(|| path.display().to_string())
}
