//! Builds the linker, and each example's eBPF object and loader with it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process::{ask, say, shown};
use crate::setup::Setup;
use crate::workspace::{self, Example};

const TARGET: &str = "bpfel-unknown-none";

/// An example with what was built of it.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) example: Example,
    /// The program that loads the object, where the example has one.
    pub(crate) loader: Option<PathBuf>,
}

/// The linker, every example's object in `target/bpf/NAME.o`, and every example's loader.
pub(crate) fn build(setup: &Setup) -> Result<Vec<Built>> {
    let linker = linker(setup)?;
    let mut built = Vec::new();
    for example in workspace::examples()? {
        object(setup, &linker, &example)?;
        let loader = loader(setup, &example)?;
        built.push(Built { example, loader });
    }
    Ok(built)
}

/// Builds `bpf-core-linker` and says where it is.
pub(crate) fn linker(setup: &Setup) -> Result<PathBuf> {
    let mut cargo = setup.host_cargo();
    cargo
        .args(["build", "--release", "--package", "bpf-core-linker"])
        .current_dir(workspace::root());
    the_program(programs(&mut cargo)?, "bpf-core-linker")
}

fn object(setup: &Setup, linker: &Path, example: &Example) -> Result<()> {
    let crate_folder = example.ebpf();
    // One folder for all, so that `core` is built once.
    let target_folder = workspace::root().join("target/ebpf");
    let object = example.object();
    let linked = changed(&object).unwrap_or(SystemTime::UNIX_EPOCH);
    if target_folder.exists() && changed(linker)? > linked {
        // Cargo does not link again because a linker of the same path has changed.
        ask(setup
            .ebpf
            .cargo()
            .args([
                "clean",
                "--quiet",
                "--release",
                "--target",
                TARGET,
                "--target-dir",
            ])
            .arg(&target_folder)
            .args(["--package", &package(setup, &crate_folder)?])
            .current_dir(&crate_folder))?;
    }
    let mut cargo = setup.ebpf.cargo();
    cargo
        .args([
            "build",
            "--release",
            "--target",
            TARGET,
            "-Z",
            "build-std=core",
            "--target-dir",
        ])
        .arg(&target_folder)
        .env("CARGO_TARGET_BPFEL_UNKNOWN_NONE_LINKER", linker)
        .current_dir(&crate_folder);
    let program = the_program(programs(&mut cargo)?, &example.name)?;
    if changed(&program)? > linked {
        if let Some(folder) = object.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(&program, &object).with_context(|| {
            format!("cannot copy {} to {}", program.display(), object.display())
        })?;
    }
    say(format_args!("eBPF object {}", object.display()));
    Ok(())
}

/// The name of the package in a folder.
fn package(setup: &Setup, folder: &Path) -> Result<String> {
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
    let manifest = example.folder.join("Cargo.toml");
    if !manifest.exists() {
        return Ok(None);
    }
    let mut cargo = setup.host_cargo();
    cargo
        .args(["build", "--release", "--manifest-path"])
        .arg(&manifest)
        .current_dir(workspace::root());
    the_program(programs(&mut cargo)?, &example.name).map(Some)
}

fn changed(file: &Path) -> Result<SystemTime> {
    let time = fs::metadata(file).and_then(|metadata| metadata.modified());
    time.with_context(|| format!("{} cannot be looked at", file.display()))
}

fn the_program(mut programs: Vec<PathBuf>, of: &str) -> Result<PathBuf> {
    match (programs.pop(), programs.len()) {
        (Some(program), 0) => Ok(program),
        (None, _) => bail!("`{of}` builds no program"),
        (Some(_), more) => bail!("`{of}` builds {} programs, not one", more + 1),
    }
}

/// Runs a `cargo build` and gives the programs that it says it has built.
fn programs(cargo: &mut Command) -> Result<Vec<PathBuf>> {
    let line = shown(cargo);
    eprintln!("$ {line}");
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
