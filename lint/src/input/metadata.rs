//! Asks Cargo about the workspace around a folder.

use std::path::Path;

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, MetadataCommand};

/// Asks Cargo about the workspace around `folder`. `None` if there is none.
///
/// # Errors
/// There is a manifest, and Cargo does not like it.
pub fn around(folder: &Path) -> Result<Option<Metadata>> {
    let manifests = folder.ancestors().map(|folder| folder.join("Cargo.toml"));
    let Some(manifest) = manifests.into_iter().find(|manifest| manifest.is_file()) else {
        return Ok(None);
    };
    let mut found = command(folder).exec();
    if found.as_ref().is_err_and(lacks_toolchain) {
        // rustup looks at the folder that Cargo runs in. Any Cargo can read a manifest.
        let elsewhere = command(&std::env::temp_dir())
            .manifest_path(manifest.canonicalize()?)
            .exec();
        found = elsewhere.or(found);
    }
    found.map(Some).context("cargo metadata fails")
}

fn command(folder: &Path) -> MetadataCommand {
    let mut command = MetadataCommand::new();
    command
        .no_deps()
        .other_options(["--offline".to_owned()])
        .current_dir(folder)
        // Users need the error, not the way through Cargo and rustup.
        .env_remove("RUST_BACKTRACE");
    command
}

/// Whether rustup lacks the toolchain that the project's `rust-toolchain.toml` names.
fn lacks_toolchain(error: &cargo_metadata::Error) -> bool {
    let text = error.to_string();
    text.contains("toolchain") && text.contains("is not installed")
}
