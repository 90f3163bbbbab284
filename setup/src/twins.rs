//! The twins (`tests/twins`): every way to ask the kernel, in Rust and in C.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::build::{self, EbpfCrate};
use crate::clang::{self, CPU};
use crate::process::run;
use crate::{Setup, workspace};

/// The same programs in three objects.
pub struct Twins {
    /// Rust, with `bpf-core`.
    pub rust: PathBuf,
    /// C, with every hop of a read checked, as in Rust.
    pub checked: PathBuf,
    /// C, with the macros of libbpf, which report the last hop or nothing.
    pub into: PathBuf,
}

/// Builds both halves, `target/bpf/NAME.o` and `target/bpf/NAME-*.o`: what every loader takes, what
/// libbpf alone does, and what it does where the kernel has `bpf_dummy_ops`.
pub fn build(setup: &Setup, linker: &Path) -> Result<[Twins; 3]> {
    Ok([
        both_halves(setup, linker, "twins")?,
        both_halves(setup, linker, "twins-libbpf")?,
        both_halves(setup, linker, "twins-struct-ops")?,
    ])
}

fn both_halves(setup: &Setup, linker: &Path, program: &str) -> Result<Twins> {
    let object = |end| {
        let folder = workspace::root().join("target/bpf");
        folder.join(format!("{program}{end}.o"))
    };
    let twins = Twins {
        rust: object(""),
        checked: object("-c"),
        into: object("-c-into"),
    };
    let ebpf = EbpfCrate {
        folder: &folder().join("ebpf"),
        program,
        target_folder: &workspace::root().join("target/bench/ebpf"),
        rustflags: Some(&format!("-Ctarget-cpu={CPU}")),
    };
    ebpf.build_as(setup, linker, &twins.rust)?;
    let source = folder().join("c").join(format!("{program}.bpf.c"));
    clang::compile(&source, &[], &[], &twins.checked)?;
    clang::compile(&source, &[], &["-DINTO"], &twins.into)?;
    Ok(twins)
}

/// Builds them, and runs each where the kernel lets it.
pub fn check(setup: &Setup) -> Result<()> {
    build(setup, &build::linker(setup)?)?;
    run(setup
        .host_cargo()
        .args(["test", "--no-fail-fast", "--package", "twins"])
        .current_dir(workspace::root()))
}

/// Where their sources are.
pub fn folder() -> PathBuf {
    workspace::root().join("tests/twins")
}
