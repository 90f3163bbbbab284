//! Every example as `cargo build` makes it, at the levels of its dev profile that its `Cargo.toml` does
//! not choose: `target/bpf/levels.o/`, a folder with an object for each.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::Setup;
use crate::build::{self, TARGET};
use crate::process::ask;
use crate::workspace::{self, Example};

const LEVELS: [&str; 2] = ["0", "1"];

/// Builds them all anew.
pub fn build(setup: &Setup, linker: &Path) -> Result<()> {
    let objects = workspace::root().join("target/bpf/levels.o");
    let _ = fs::remove_dir_all(&objects);
    fs::create_dir_all(&objects)?;
    for example in workspace::examples()? {
        for level in LEVELS {
            let program = build_at(setup, linker, &example, level)
                .with_context(|| format!("`{}` at level {level}", example.name))?;
            fs::copy(program, objects.join(format!("{}.{level}.o", example.name)))?;
        }
    }
    Ok(())
}

fn build_at(setup: &Setup, linker: &Path, example: &Example, level: &str) -> Result<PathBuf> {
    let package = build::package(setup, &example.ebpf())?;
    let of_package = format!("profile.dev.package.{package}.opt-level={level}");
    let cargo = |command: &str| {
        let mut cargo = setup.ebpf.cargo();
        cargo
            .args([command, "--target", TARGET, "--target-dir"])
            // One folder for all, so that `core` is built once.
            .arg(workspace::root().join("target/levels"))
            .args(["--config", "profile.dev.opt-level=0"])
            .args(["--config", &of_package])
            .env("CARGO_TARGET_BPFEL_UNKNOWN_NONE_LINKER", linker)
            .current_dir(example.ebpf());
        cargo
    };
    // Cargo does not link again because a linker of the same path has changed.
    ask(cargo("clean").args(["--quiet", "--package", &package]))?;
    let programs = build::programs(cargo("build").args(["-Z", "build-std=core"]))?;
    build::the_program(programs, &example.name)
}
