//! The examples and the twins as `cargo build` makes them at each level of optimisation:
//! `target/bpf/levels.o/`, a folder with an object for each program and level.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::build::{self, TARGET};
use crate::process::ask;
use crate::{Setup, twins, workspace};

/// What `opt-level` may be, as a manifest writes it.
const LEVELS: [&str; 6] = ["0", "1", "2", "3", "\"s\"", "\"z\""];

/// Builds them all anew.
pub fn build(setup: &Setup, linker: &Path) -> Result<()> {
    let objects = workspace::root().join("target/bpf/levels.o");
    let _ = fs::remove_dir_all(&objects);
    fs::create_dir_all(&objects)?;
    let mut crates = vec![twins::folder().join("ebpf")];
    crates.extend(workspace::examples()?.iter().map(workspace::Example::ebpf));
    for folder in crates {
        let package = build::package(setup, &folder)?;
        for level in LEVELS {
            build_at(setup, linker, &folder, &package, level, &objects)
                .with_context(|| format!("`{package}` at level {level}"))?;
        }
    }
    Ok(())
}

/// Builds all programs of a package at a level.
fn build_at(
    setup: &Setup,
    linker: &Path,
    folder: &Path,
    package: &str,
    level: &str,
    objects: &Path,
) -> Result<()> {
    let cargo = |command: &str| {
        let mut cargo = setup.ebpf.cargo();
        cargo
            .args([command, "--target", TARGET, "--target-dir"])
            // One folder for all, so that `core` is built once.
            .arg(workspace::root().join("target/levels"))
            .args(["--config", "profile.dev.opt-level=0"])
            .args(["--config", "profile.dev.panic=\"abort\""])
            .arg("--config")
            .arg(format!("profile.dev.package.{package}.opt-level={level}"))
            .env("CARGO_TARGET_BPFEL_UNKNOWN_NONE_LINKER", linker)
            .current_dir(folder);
        cargo
    };
    // Cargo does not link again because a linker of the same path has changed.
    ask(cargo("clean").args(["--quiet", "--package", package]))?;
    for program in build::programs(cargo("build").args(["-Z", "build-std=core"]))? {
        let name = program.file_name().context("a program has a name")?;
        let object = format!("{}.{}.o", name.display(), level.trim_matches('"'));
        fs::copy(&program, objects.join(object))?;
    }
    Ok(())
}
