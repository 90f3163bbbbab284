//! Where things are in this repository.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cargo_metadata::{MetadataCommand, Package};

/// The repository's top folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// The packages that users install or depend on: all that may be published.
pub fn published() -> Result<Vec<Package>> {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()?;
    let mut packages = metadata.packages;
    // `publish = false` is an empty list of registries.
    packages.retain(|package| package.publish.is_none());
    Ok(packages)
}

/// An example: a folder in `examples/` with an eBPF crate in its `ebpf`.
#[derive(Debug)]
pub struct Example {
    /// The name of its folder, its program and its object.
    pub name: String,
    /// Where its loader's package is, if it has one.
    pub folder: PathBuf,
}

impl Example {
    /// The crate that is compiled for eBPF.
    pub fn ebpf(&self) -> PathBuf {
        self.folder.join("ebpf")
    }

    /// An example can be an eBPF crate alone, for the tests of another one.
    pub fn has_loader(&self) -> bool {
        self.folder.join("Cargo.toml").exists()
    }

    /// Where the built eBPF object goes, whatever cargo's own target folder is.
    pub fn object(&self) -> PathBuf {
        root().join("target/bpf").join(format!("{}.o", self.name))
    }
}

/// Every example, by name.
pub fn examples() -> Result<Vec<Example>> {
    let folder = root().join("examples");
    let entries = fs::read_dir(&folder).with_context(|| format!("no {}", folder.display()))?;
    let mut examples = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let example = Example {
            name,
            folder: entry.path(),
        };
        if example.ebpf().join("Cargo.toml").exists() {
            examples.push(example);
        }
    }
    examples.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(examples)
}
