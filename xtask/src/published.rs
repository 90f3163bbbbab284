//! Builds the packages that users install or depend on: with the oldest Rust that they declare, and as
//! documentation.

use std::process::Command;

use anyhow::Result;
use setup::process::{ask, run, say};
use setup::{Setup, llvm, toolchain, workspace};

/// Checks with the release that `rust-version` names.
pub(crate) fn with_oldest_rust(setup: &Setup) -> Result<()> {
    let oldest = toolchain::OLDEST;
    if ask(Command::new("rustup").arg("--version")).is_err() {
        say(format_args!(
            "LEFT OUT: Rust {oldest}: no rustup to bring it"
        ));
        return Ok(());
    }
    let is_there = ask(Command::new("rustup").args(["run", oldest, "rustc", "--version"]));
    if is_there.is_err() {
        let mut install = Command::new("rustup");
        run(install.args(["toolchain", "install", oldest, "--profile", "minimal"]))?;
    }
    let mut cargo = Command::new("rustup");
    cargo
        .args(["run", oldest, "cargo", "check", "--locked", "--target-dir"])
        .arg(workspace::root().join("target/oldest-rust"))
        .env(llvm::PREFIX_VARIABLE, &setup.llvm.prefix)
        .current_dir(workspace::root());
    run(of_published(&mut cargo)?)
}

/// A page with a broken link, or without text, is an error.
pub(crate) fn documentation(mut cargo: Command) -> Result<()> {
    cargo
        .args(["doc", "--no-deps"])
        .env("RUSTDOCFLAGS", "-D warnings");
    run(of_published(&mut cargo)?)
}

fn of_published(cargo: &mut Command) -> Result<&mut Command> {
    for package in workspace::published()? {
        cargo.args(["--package", &package.name]);
    }
    Ok(cargo)
}
