//! The twins (`benches/twins`): every way to ask the kernel, in Rust and in C.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::clang::{self, CPU};
use crate::objects::{self, EbpfCrate};
use crate::process::run;
use crate::setup::Setup;
use crate::workspace;

/// The same programs in three objects.
pub(crate) struct Twins {
    pub(crate) rust: PathBuf,
    /// C, with every hop of a read checked, as in Rust.
    pub(crate) checked: PathBuf,
    /// C, with the macros of libbpf, which report the last hop or nothing.
    pub(crate) into: PathBuf,
}

/// Builds both halves: `target/bpf/twins.o` and `target/bpf/twins-*.o`.
pub(crate) fn build(setup: &Setup, linker: &Path) -> Result<Twins> {
    let object = |name| workspace::root().join("target/bpf").join(name);
    let twins = Twins {
        rust: object("twins.o"),
        checked: object("twins-c.o"),
        into: object("twins-c-into.o"),
    };
    let ebpf = EbpfCrate {
        folder: &folder().join("ebpf"),
        program: "twins",
        target_folder: &workspace::root().join("target/bench/ebpf"),
        rustflags: Some(&format!("-Ctarget-cpu={CPU}")),
    };
    ebpf.build_as(setup, linker, &twins.rust)?;
    compile(&[], &twins.checked)?;
    compile(&["-DINTO"], &twins.into)?;
    Ok(twins)
}

/// Builds them, and runs each where the kernel lets it.
pub(crate) fn check(setup: &Setup) -> Result<()> {
    build(setup, &objects::linker(setup)?)?;
    run(setup
        .host_cargo()
        .args(["test", "--no-fail-fast", "--package", "twins"])
        .current_dir(workspace::root()))
}

pub(crate) fn folder() -> PathBuf {
    workspace::root().join("benches/twins")
}

fn compile(defines: &[&str], object: &Path) -> Result<()> {
    clang::compile(&folder().join("c/twins.bpf.c"), &[], defines, object)
}
