//! Asks Cargo about the workspace around a folder.

use std::path::Path;

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, MetadataCommand};

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
    let mut command = MetadataCommand::new();
    command
        .no_deps()
        .other_options(["--offline".to_owned()])
        .current_dir(folder)
        // Users need the error, not the way through Cargo and rustup.
        .env_remove("RUST_BACKTRACE");
    command.exec().map(Some).context("cargo metadata fails")
}
