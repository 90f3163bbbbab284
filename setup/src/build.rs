//! Builds the linker, and each example's eBPF object and loader with it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::Setup;
use crate::process::{ask, echo, say, shown};
use crate::workspace::{self, Example};

/// What eBPF programs are compiled for.
pub const TARGET: &str = "bpfel-unknown-none";

/// An example with what was built of it.
#[derive(Debug)]
pub struct Built {
    /// Which one.
    pub example: Example,
    /// The program that loads the object, where the example has one.
    pub loader: Option<PathBuf>,
}

/// The linker, and every example's object in `target/bpf/NAME.o`.
pub fn objects(setup: &Setup) -> Result<Vec<Example>> {
    let linker = linker(setup)?;
    let examples = workspace::examples()?;
    for example in &examples {
        object(setup, &linker, example)?;
    }
    Ok(examples)
}

/// These, and every example's loader.
pub fn all(setup: &Setup) -> Result<Vec<Built>> {
    let mut built = Vec::new();
    for example in objects(setup)? {
        let loader = loader(setup, &example)?;
        built.push(Built { example, loader });
    }
    Ok(built)
}

/// Builds `bpf-core-linker` and says where it is.
pub fn linker(setup: &Setup) -> Result<PathBuf> {
    let mut cargo = setup.host_cargo();
    cargo
        .args(["build", "--release", "--package", "bpf-core-linker"])
        .current_dir(workspace::root());
    the_program(programs(&mut cargo)?, "bpf-core-linker")
}

/// Builds `cargo-corelint` and says where it is.
pub fn linter(setup: &Setup, profile: &str) -> Result<PathBuf> {
    let mut cargo = setup.host_cargo();
    cargo
        .args(["build", "--profile", profile])
        .args(["--package", "cargo-corelint", "--bin", "cargo-corelint"])
        .current_dir(workspace::root());
    the_program(programs(&mut cargo)?, "cargo-corelint")
}

fn object(setup: &Setup, linker: &Path, example: &Example) -> Result<()> {
    let ebpf = EbpfCrate {
        folder: &example.ebpf(),
        program: &example.name,
        // One folder for all, so that `core` is built once.
        target_folder: &workspace::root().join("target/ebpf"),
        rustflags: None,
    };
    ebpf.build_as(setup, linker, &example.object())
}

/// A crate that is compiled for eBPF.
pub struct EbpfCrate<'a> {
    /// Where its `Cargo.toml` is.
    pub folder: &'a Path,
    /// The name of its program.
    pub program: &'a str,
    /// What cargo builds it in.
    pub target_folder: &'a Path,
    /// Flags for rustc, in place of those of the crate.
    pub rustflags: Option<&'a str>,
}

impl EbpfCrate<'_> {
    /// Builds the program and copies it to `object`, if that is not it already.
    pub fn build_as(&self, setup: &Setup, linker: &Path, object: &Path) -> Result<()> {
        let linked = changed(object).unwrap_or(SystemTime::UNIX_EPOCH);
        let program = self.build(setup, linker, linked)?;
        if changed(&program)? > linked {
            if let Some(folder) = object.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::copy(&program, object).with_context(|| {
                format!("cannot copy {} to {}", program.display(), object.display())
            })?;
        }
        say(format_args!("eBPF object {}", object.display()));
        Ok(())
    }

    /// Builds the program and says where it is. It is linked again when the linker is newer than
    /// `linked`.
    fn build(&self, setup: &Setup, linker: &Path, linked: SystemTime) -> Result<PathBuf> {
        if self.target_folder.exists() && changed(linker)? > linked {
            // Cargo does not link again because a linker of the same path has changed.
            let package = package(setup, self.folder)?;
            ask(self
                .cargo(setup, "clean")
                .args(["--quiet", "--package", &package]))?;
        }
        let mut cargo = self.cargo(setup, "build");
        cargo
            .args(["-Z", "build-std=core", "--bin", self.program])
            .env("CARGO_TARGET_BPFEL_UNKNOWN_NONE_LINKER", linker)
            .envs(self.rustflags.map(|flags| ("RUSTFLAGS", flags)));
        the_program(programs(&mut cargo)?, self.program)
    }

    fn cargo(&self, setup: &Setup, command: &str) -> Command {
        let mut cargo = setup.ebpf.cargo();
        cargo
            .args([command, "--release", "--target", TARGET, "--target-dir"])
            .arg(self.target_folder)
            .current_dir(self.folder);
        cargo
    }
}

/// The name of the package in a folder.
pub fn package(setup: &Setup, folder: &Path) -> Result<String> {
    let mut cargo = setup.ebpf.cargo();
    cargo
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(folder);
    let metadata: Value = serde_json::from_str(&ask(&mut cargo)?)?;
    let name = metadata["packages"][0]["name"].as_str();
    Ok(name
        .with_context(|| format!("no package in {}", folder.display()))?
        .to_owned())
}

fn loader(setup: &Setup, example: &Example) -> Result<Option<PathBuf>> {
    if !example.has_loader() {
        return Ok(None);
    }
    let mut cargo = setup.host_cargo();
    cargo
        .args(["build", "--release", "--manifest-path"])
        .arg(example.folder.join("Cargo.toml"))
        .current_dir(workspace::root());
    the_program(programs(&mut cargo)?, &example.name).map(Some)
}

/// When a file was written.
pub fn changed(file: &Path) -> Result<SystemTime> {
    let time = fs::metadata(file).and_then(|metadata| metadata.modified());
    time.with_context(|| format!("{} cannot be looked at", file.display()))
}

/// The only one of the programs that `of` builds.
pub fn the_program(mut programs: Vec<PathBuf>, of: &str) -> Result<PathBuf> {
    match (programs.pop(), programs.len()) {
        (Some(program), 0) => Ok(program),
        (None, _) => bail!("`{of}` builds no program"),
        (Some(_), more) => bail!("`{of}` builds {} programs, not one", more + 1),
    }
}

/// Runs a `cargo build` and gives the programs that it says it has built.
pub fn programs(cargo: &mut Command) -> Result<Vec<PathBuf>> {
    let line = shown(cargo);
    echo(&line);
    let mut child = cargo
        .arg("--message-format=json-render-diagnostics")
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{line}` cannot be started"))?;
    let stdout = child.stdout.take().context("cargo has no output")?;
    let mut programs = Vec::new();
    for message in BufReader::new(stdout).lines() {
        let message: Value = serde_json::from_str(&message?).unwrap_or_default();
        if let Some(program) = message["executable"].as_str() {
            programs.push(program.into());
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(programs)
}
