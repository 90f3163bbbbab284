//! Every check and test of the repository, one step after the other.

use std::process::Command;

use anyhow::{Result, bail};

use crate::objects;
use crate::process::{run, say};
use crate::setup::{self, Setup};
use crate::workspace;

const LINKER: [&str; 2] = ["--package", "bpf-core-linker"];

/// Runs all steps even if one fails, then fails if one did, and says which.
pub(crate) fn run_all() -> Result<()> {
    let setup = setup::for_test()?;
    let mut failed = Vec::new();
    let mut step = |name: &str, outcome: Result<()>| {
        if let Err(error) = outcome {
            say(format_args!("step `{name}` failed: {error:#}"));
            failed.push(name.to_owned());
        }
    };

    step(
        "format",
        run(cargo(&setup).args(["fmt", "--all", "--check"])),
    );
    step("clippy", clippy(&setup, &[]));
    step("tests without LLVM", run(cargo(&setup).arg("test")));
    step("clippy of the linker", clippy(&setup, &LINKER));
    // The examples come before the linker's own tests: those read the objects.
    step(
        "build of the linker and the examples",
        objects::build(&setup).map(|_| ()),
    );
    step(
        "tests of the linker",
        run(cargo(&setup).arg("test").args(LINKER)),
    );

    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    say("every step passed");
    Ok(())
}

fn cargo(setup: &Setup) -> Command {
    let mut cargo = setup.host_cargo();
    cargo.current_dir(workspace::root());
    cargo
}

fn clippy(setup: &Setup, packages: &[&str]) -> Result<()> {
    let deny = ["--all-targets", "--", "-D", "warnings"];
    run(cargo(setup).arg("clippy").args(packages).args(deny))
}
