//! A program for each field that `cargo corelint bindings` declares in Rust (`tests/declared`).

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::build::{self, EbpfCrate};
use crate::process::run;
use crate::{Setup, workspace};

/// Builds them as `target/bpf/declared.o`, and has libbpf look for each field on every known kernel.
pub fn check(setup: &Setup) -> Result<()> {
    build(setup, &build::linker(setup)?)?;
    run(setup
        .host_cargo()
        .args(["test", "--no-fail-fast", "--package", "declared"])
        .current_dir(workspace::root()))
}

fn build(setup: &Setup, linker: &Path) -> Result<()> {
    let ebpf = EbpfCrate {
        folder: &folder().join("ebpf"),
        program: "declared",
        target_folder: &workspace::root().join("target/ebpf"),
        rustflags: None,
    };
    ebpf.build_as(
        setup,
        linker,
        &workspace::root().join("target/bpf/declared.o"),
    )
}

/// Where their sources are.
pub fn folder() -> PathBuf {
    workspace::root().join("tests/declared")
}
