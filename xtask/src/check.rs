//! Every check and test of the repository, one step after the other.

use std::process::Command;

use anyhow::{Result, bail};

use crate::kernels;
use crate::lint;
use crate::matrix;
use crate::objects;
use crate::peer;
use crate::process::{run, say};
use crate::setup::{self, Setup};
use crate::twins;
use crate::workspace::{self, Example};

/// Runs all steps even if one fails, then fails if one did, and says which.
pub(crate) fn run_all() -> Result<()> {
    let setup = setup::for_test()?;
    let examples = workspace::examples()?;
    let mut failed = Vec::new();
    let mut step = |name: &str, outcome: Result<()>| match outcome {
        Ok(()) => say(format_args!("step passed: {name}")),
        Err(error) => {
            say(format_args!("step FAILED: {name}: {error:#}"));
            failed.push(name.to_owned());
        }
    };

    step("format", format(&setup, &examples));
    let deny = ["--all-targets", "--", "-D", "warnings"];
    step(
        "clippy",
        run(cargo(&setup).args(["clippy", "--workspace"]).args(deny)),
    );
    let with_llvm = ["--package", "cargo-corelint", "--features", "llvm"];
    step(
        "clippy of the linter with LLVM",
        run(cargo(&setup).arg("clippy").args(with_llvm).args(deny)),
    );
    step(
        "tests of all that needs no LLVM",
        run(cargo(&setup)
            // The linter's tests drive it, and may no longer leave that out.
            .env("RUST_ANALYZER", "rust-analyzer")
            .args(["test", "--no-fail-fast"])),
    );
    step(
        "libbpf, aya and our resolver on the same relocations",
        run(cargo(&setup).args([
            "test",
            "--no-fail-fast",
            "--package",
            "bpf-core-conformance",
        ])),
    );
    step(
        "build of the linker and the examples",
        objects::build(&setup).map(|_| ()),
    );
    step("tests of the linker", test_linker(&setup));
    step(
        "tests of the linter with LLVM",
        run(cargo(&setup)
            .args(["test", "--no-fail-fast"])
            .args(with_llvm)
            .args(["--test", "ir"])),
    );
    step(
        "the linter over this repository",
        lint::over_this_repository(&setup),
    );
    step(
        "every way that rustc builds a program",
        matrix::check(&setup),
    );
    step(
        "every way to ask the kernel, in Rust and in C",
        twins::check(&setup),
    );
    let proof = ["test", "--no-fail-fast", "--package", "example-proof"];
    step(
        "every example on every kernel",
        run(cargo(&setup).args(proof)),
    );
    for example in examples.iter().filter(|example| example.has_loader()) {
        let mut test = cargo(&setup);
        test.args(["test", "--no-fail-fast", "--manifest-path"])
            .arg(example.folder.join("Cargo.toml"));
        step(
            &format!("tests of the example {}", example.name),
            run(&mut test),
        );
    }

    step("three kernels", kernels::run_three(&setup));

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

/// Some of them compare with what bpf-linker makes of the same input, if they are told where it is.
fn test_linker(setup: &Setup) -> Result<()> {
    let bpf_linker = peer::bpf_linker(setup)?;
    run(cargo(setup).env("BPF_LINKER", bpf_linker).args([
        "test",
        "--no-fail-fast",
        "--package",
        "bpf-core-linker",
    ]))
}

/// The workspace, and the eBPF crates, which are not in it.
fn format(setup: &Setup, examples: &[Example]) -> Result<()> {
    run(cargo(setup).args(["fmt", "--all", "--check"]))?;
    let examples = examples.iter().map(Example::ebpf);
    for folder in examples.chain([twins::folder().join("ebpf")]) {
        let manifest = folder.join("Cargo.toml");
        run(cargo(setup)
            .args(["fmt", "--check", "--manifest-path"])
            .arg(manifest))?;
    }
    Ok(())
}
