//! Minimal BTF for an example, of all kernels that the catalogue has: a guest runs the example again, and hides the
//! kernel's own BTF from it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use setup::process::run;
use setup::workspace::Example;
use setup::{Setup, build};

/// The example that ships such a file. Its loader takes it where the kernel shows no BTF.
pub(crate) const EXAMPLE: &str = "lineage";

/// What that run is called: `kernels/guest` gives it this ending.
pub(crate) const ENDING: &str = "-without-btf";

/// Makes the file beside the object of an example, as users make it.
pub(crate) fn archive(setup: &Setup, example: &Example) -> Result<PathBuf> {
    let object = example.object();
    let archive = object.with_extension("btfs");
    let linter = build::linter(setup, "dev")?;
    run(Command::new(linter)
        .args(["corelint", "min-btf"])
        .arg(object)
        .arg("-o")
        .arg(&archive))?;
    Ok(archive)
}
