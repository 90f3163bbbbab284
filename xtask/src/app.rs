//! The apps in `examples/` as their users build them: by `cargo build` in a folder, with the linker in `PATH`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use setup::process::{run, say};
use setup::{Setup, build, debian, toolchain, workspace};

use crate::readme;

/// Each is a workspace of its own, and has a program `app`.
const APPS: [&str; 2] = ["aya-app", "libbpf-app"];

/// Builds them, and one by README's steps, and runs each once where programs can be loaded.
pub(crate) fn check(setup: &Setup) -> Result<()> {
    let linker = build::linker(setup)?;
    let path = path_before(&[linker, setup.ebpf.rustc()])?;
    let examples = workspace::root().join("examples");
    let by_readme = ("aya-app", readme::project()?);
    let apps = APPS.map(|name| (name, examples.join(name)));
    for (name, folder) in apps.into_iter().chain([by_readme]) {
        let target = workspace::root().join("target").join(name);
        run(Command::new(toolchain::host_cargo())
            .args(["build", "--release", "--locked"])
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", &target)
            .env("PATH", &path)
            .env("EBPF_TOOLCHAIN", toolchain::NAME)
            .env("RUSTC_BOOTSTRAP", "1"))?;
        if debian::is_root() {
            run(Command::new(target.join("release/app")).arg("--once"))?;
        } else {
            say("left out: running `app --once` needs root");
        }
    }
    Ok(())
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
