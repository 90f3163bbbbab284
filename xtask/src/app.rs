//! `examples/aya-app` as its users build it: by `cargo build` in its folder, with the linker in `PATH`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use setup::process::{run, say};
use setup::{Setup, build, debian, toolchain, workspace};

/// Builds it, and runs it once where programs can be loaded.
pub(crate) fn check(setup: &Setup) -> Result<()> {
    let linker = build::linker(setup)?;
    let target = workspace::root().join("target/aya-app");
    let tools = [linker, setup.ebpf.rustc()];
    run(Command::new(toolchain::host_cargo())
        .args(["build", "--release"])
        .current_dir(workspace::root().join("examples/aya-app"))
        .env("CARGO_TARGET_DIR", &target)
        .env("PATH", path_before(&tools)?)
        .env("EBPF_TOOLCHAIN", toolchain::NAME)
        .env("RUSTC_BOOTSTRAP", "1"))?;
    if !debian::is_root() {
        say("left out: running `app --once` needs root");
        return Ok(());
    }
    run(Command::new(target.join("release/app")).arg("--once"))
}

/// `PATH` with the folders of these programs before all others. Without rustup, aya-build takes the first cargo.
fn path_before(programs: &[PathBuf]) -> Result<std::ffi::OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = programs.iter().filter_map(|program| program.parent());
    let folders = folders
        .map(Path::to_owned)
        .chain(std::env::split_paths(&path));
    std::env::join_paths(folders).context("a folder of a tool cannot be in PATH")
}
