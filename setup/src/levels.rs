//! The examples and the twins as `cargo build` makes them at each level of optimisation:
//! `target/bpf/levels.o/`, a folder with an object for each program and level.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use anyhow::{Context as _, Result, anyhow};

use crate::build::{self, TARGET};
use crate::process::{ask, run};
use crate::{Setup, twins, workspace};

/// What `opt-level` may be, as a manifest writes it.
const LEVELS: [&str; 6] = ["0", "1", "2", "3", "\"s\"", "\"z\""];

/// As many builds run at once. Most of a build is the link, which uses one core.
const BUILDERS: usize = 2;

/// A package at a level.
struct Build {
    folder: PathBuf,
    package: String,
    level: &'static str,
}

/// Builds them all, and loads them into the running kernel.
pub fn check(setup: &Setup) -> Result<()> {
    build(setup, &build::linker(setup)?)?;
    run(setup
        .host_cargo()
        .args(["test", "--package", "constructs", "--test", "levels"])
        .current_dir(workspace::root()))
}

fn build(setup: &Setup, linker: &Path) -> Result<()> {
    let objects = workspace::root().join("target/bpf/levels.o");
    let _ = fs::remove_dir_all(&objects);
    fs::create_dir_all(&objects)?;
    let mut crates = vec![twins::folder().join("ebpf")];
    crates.extend(workspace::examples()?.iter().map(workspace::Example::ebpf));
    let mut queue = VecDeque::new();
    for folder in crates {
        let package = build::package(setup, &folder)?;
        queue.extend(LEVELS.map(|level| Build {
            folder: folder.clone(),
            package: package.clone(),
            level,
        }));
    }
    let queue = Mutex::new(queue);
    let next = || queue.lock().ok()?.pop_front();
    let work = |builder: usize| -> Result<()> {
        // One folder for all of a builder, so that `core` is built once there.
        let target_folder = workspace::root().join(format!("target/levels/{builder}"));
        while let Some(one) = next() {
            one.run(setup, linker, &target_folder, &objects)
                .with_context(|| format!("`{}` at level {}", one.package, one.level))?;
        }
        Ok(())
    };
    let ends: Vec<_> = thread::scope(|scope| {
        let builders: Vec<_> = (0..BUILDERS)
            .map(|builder| {
                scope.spawn({
                    let work = &work;
                    move || work(builder)
                })
            })
            .collect();
        builders.into_iter().map(|one| one.join()).collect()
    });
    ends.into_iter()
        .try_for_each(|end| end.map_err(|_| anyhow!("a builder's thread panicked"))?)
}

impl Build {
    /// Builds all programs of the package.
    fn run(
        &self,
        setup: &Setup,
        linker: &Path,
        target_folder: &Path,
        objects: &Path,
    ) -> Result<()> {
        let Self {
            folder,
            package,
            level,
        } = self;
        let cargo = |command: &str| {
            let mut cargo = setup.ebpf.cargo();
            cargo
                .args([command, "--target", TARGET, "--target-dir"])
                .arg(target_folder)
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
}
