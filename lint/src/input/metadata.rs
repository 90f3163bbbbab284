//! Asks Cargo about the workspace around a folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// The part of `cargo metadata` that is used.
#[derive(Debug, Deserialize)]
pub struct Metadata {
    /// The packages of the workspace.
    pub packages: Vec<Package>,
    /// Where the workspace is.
    pub workspace_root: PathBuf,
    /// Where build results go.
    pub target_directory: PathBuf,
}

/// A package of the workspace.
#[derive(Debug, Deserialize)]
pub struct Package {
    /// Cargo's name for it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its `Cargo.toml`.
    pub manifest_path: PathBuf,
    /// What it builds.
    pub targets: Vec<Target>,
}

/// What a package builds.
#[derive(Debug, Deserialize)]
pub struct Target {
    /// `bin`, `lib`, `custom-build`, ...
    pub kind: Vec<String>,
    /// Its name.
    pub name: String,
    /// Its root file.
    pub src_path: PathBuf,
}

/// Asks Cargo about the workspace around `folder`. `None` if there is none.
///
/// # Errors
/// There is a manifest, and Cargo does not like it.
pub fn around(folder: &Path) -> Result<Option<Metadata>> {
    if !folder
        .ancestors()
        .any(|folder| folder.join("Cargo.toml").is_file())
    {
        return Ok(None);
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .context("cargo does not run")?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        bail!("cargo metadata fails: {}", why.trim());
    }
    let metadata = serde_json::from_slice(&output.stdout).context("unexpected cargo metadata")?;
    Ok(Some(metadata))
}
