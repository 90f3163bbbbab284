//! The programs of `tests/constructs`, each of which uses one thing of Rust: `target/bpf/constructs.o/`,
//! a folder with an object for each and each build, or with what the build has said.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::Setup;
use crate::build::{self, TARGET};
use crate::process::{ask, echo, run, shown};
use crate::workspace::{self, Example};

/// A way to build programs.
struct Build {
    /// Of the object: `copy.release.o`.
    name: &'static str,
    /// What cargo is told.
    arguments: &'static [&'static str],
    /// The processor that rustc compiles for, and has the linker make code for.
    cpu: Option<&'static str>,
    /// All if there are none.
    programs: &'static [&'static str],
}

const PACKAGE: &str = "constructs-ebpf";

/// As README.md says, as `cargo build` does it, for other processors, and with other settings for debug
/// info.
const BUILDS: [Build; 9] = [
    of_profile("release", &["--release"]),
    of_profile("dev", &[]),
    of_processor("v2"),
    of_processor("v3"),
    of_processor("v4"),
    of_debug_info(
        "whole",
        &["--release", "--config", "profile.release.debug=2"],
    ),
    of_debug_info(
        "debug-1",
        &[
            "--release",
            "--config",
            "profile.release.package.constructs-ebpf.debug=1",
        ],
    ),
    of_debug_info(
        "lines",
        &[
            "--release",
            "--config",
            "profile.release.package.constructs-ebpf.debug=\"line-tables-only\"",
        ],
    ),
    of_debug_info(
        "none",
        &[
            "--release",
            "--config",
            "profile.release.package.constructs-ebpf.debug=0",
        ],
    ),
];

const fn of_profile(name: &'static str, arguments: &'static [&'static str]) -> Build {
    Build {
        name,
        arguments,
        cpu: None,
        programs: &[],
    }
}

const fn of_processor(cpu: &'static str) -> Build {
    Build {
        name: cpu,
        arguments: &["--release"],
        cpu: Some(cpu),
        programs: OF_PROCESSOR,
    }
}

const fn of_debug_info(name: &'static str, arguments: &'static [&'static str]) -> Build {
    Build {
        name,
        arguments,
        cpu: None,
        programs: OF_DEBUG_INFO,
    }
}

/// Those that processors differ in.
const OF_PROCESSOR: &[&str] = &[
    "atomic_add_32",
    "atomic_add_64",
    "atomic_exchange_32",
    "atomic_exchange_64",
    "atomic_get_32",
    "atomic_get_64",
    "atomic_swap_32",
    "atomic_swap_64",
    "divide_signed",
    "divide_signed_by_constant",
];

/// Those with maps that BTF declares, and one with a callee and without maps.
const OF_DEBUG_INFO: &[&str] = &["copy", "event", "struct_by_value"];

/// Where the programs and their objects are.
pub fn example() -> Example {
    Example {
        name: "constructs".to_owned(),
        folder: workspace::root().join("tests/constructs"),
    }
}

/// Builds them in all ways.
pub fn build(setup: &Setup, linker: &Path) -> Result<()> {
    let _ = fs::remove_dir_all(example().object());
    build_ways(setup, linker, &BUILDS).map(|_| ())
}

/// Builds those that README.md's settings make, for guests to load. Gives the objects.
pub fn build_for_guests(setup: &Setup, linker: &Path) -> Result<Vec<PathBuf>> {
    let as_readme = BUILDS.iter().filter(|way| way.name == "release");
    let objects = build_ways(setup, linker, as_readme)?;
    ensure!(
        !objects.is_empty(),
        "no program of tests/constructs was built"
    );
    Ok(objects)
}

fn build_ways<'a>(
    setup: &Setup,
    linker: &Path,
    ways: impl IntoIterator<Item = &'a Build>,
) -> Result<Vec<PathBuf>> {
    let folder = example().object();
    fs::create_dir_all(&folder)?;
    let linked = target_folder().join("linked");
    if build::changed(linker)? > build::changed(&linked).unwrap_or(SystemTime::UNIX_EPOCH) {
        // Cargo does not link again because a linker of the same path has changed.
        for profile in ["dev", "release"] {
            ask(cargo(setup, "clean").args([
                "--quiet",
                "--package",
                PACKAGE,
                "--profile",
                profile,
            ]))?;
        }
    }
    let mut objects = Vec::new();
    for way in ways {
        let built = build_in(setup, linker, way, &folder);
        objects.extend(built.with_context(|| way.name.to_owned())?);
    }
    fs::write(&linked, "")?;
    Ok(objects)
}

fn target_folder() -> PathBuf {
    workspace::root().join("target/constructs")
}

fn cargo(setup: &Setup, command: &str) -> Command {
    let mut cargo = setup.ebpf.cargo();
    cargo
        .args([command, "--target", TARGET, "--target-dir"])
        .arg(target_folder())
        .current_dir(example().ebpf());
    cargo
}

/// Builds them, and loads all into the running kernel.
pub fn check(setup: &Setup) -> Result<()> {
    build(setup, &build::linker(setup)?)?;
    run(setup
        .host_cargo()
        .args(["test", "--no-fail-fast", "--package", "constructs"])
        .args(["--test", "running_kernel"])
        .current_dir(workspace::root()))
}

/// Builds the programs in a way. Gives the objects; what the linker has said of the others is beside them.
fn build_in(setup: &Setup, linker: &Path, way: &Build, folder: &Path) -> Result<Vec<PathBuf>> {
    let mut cargo = cargo(setup, "build");
    cargo
        .args(["-Z", "build-std=core", "--keep-going"])
        .arg("--message-format=json")
        .args(way.arguments)
        .env("CARGO_TARGET_BPFEL_UNKNOWN_NONE_LINKER", linker)
        .envs(
            way.cpu
                .map(|cpu| ("RUSTFLAGS", format!("-Ctarget-cpu={cpu}"))),
        );
    match way.programs {
        [] => cargo.arg("--bins"),
        programs => cargo.args(programs.iter().flat_map(|program| ["--bin", program])),
    };
    let line = shown(&cargo);
    echo(&line);
    let mut child = cargo
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{line}` cannot be started"))?;
    let stdout = child.stdout.take().context("cargo has no output")?;
    let mut objects = Vec::new();
    for message in BufReader::new(stdout).lines() {
        let message: Value = serde_json::from_str(&message?).unwrap_or_default();
        let name = message["target"]["name"].as_str().unwrap_or_default();
        if let Some(program) = message["executable"].as_str() {
            let object = folder.join(format!("{name}.{}.o", way.name));
            fs::copy(program, &object)?;
            objects.push(object);
        } else if message["message"]["level"] == "error" {
            let said = message["message"]["rendered"].as_str().unwrap_or_default();
            fs::write(folder.join(format!("{name}.{}.txt", way.name)), said)?;
        }
    }
    // Some are refused, which is what they are for: the tests know which.
    child.wait()?;
    Ok(objects)
}
