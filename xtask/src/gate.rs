//! Every check and test of the repository, one step after the other: a gate that a change has to
//! pass. `quick` needs cargo alone; `full` has all, and brings what it needs.

use std::fs;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use setup::process::{ask, run, say};
use setup::workspace::{self, Example};
use setup::{Setup, build, constructs, debian, declared, levels, pages, peer, toolchain, twins};

use crate::{app, lint, matrix, published};

const DENY_WARNINGS: [&str; 4] = ["--all-targets", "--", "-D", "warnings"];
const LINTER_WITH_LLVM: [&str; 4] = ["--package", "cargo-corelint", "--features", "llvm"];

/// Steps that are all done, even if one fails.
#[derive(Default)]
struct Gate {
    failed: Vec<&'static str>,
}

impl Gate {
    fn step(&mut self, name: &'static str, step: impl FnOnce() -> Result<()>) {
        let start = Instant::now();
        let outcome = step();
        let seconds = start.elapsed().as_secs();
        match outcome {
            Ok(()) => say(format_args!("step passed: {name} ({seconds} s)")),
            Err(error) => {
                say(format_args!("step FAILED: {name} ({seconds} s): {error:#}"));
                self.failed.push(name);
            }
        }
    }

    /// Fails if a step did, and says which.
    fn end(self) -> Result<()> {
        if !self.failed.is_empty() {
            bail!("failed: {}", self.failed.join(", "));
        }
        say("every step passed");
        Ok(())
    }
}

/// All that needs neither LLVM, nor root, nor a network.
pub(crate) fn quick() -> Result<()> {
    let mut gate = Gate::default();
    gate.step("compiler", compiler);
    gate.step("format", format);
    gate.step("clippy of all that needs no LLVM", || {
        run(cargo().arg("clippy").args(DENY_WARNINGS))
    });
    gate.step("tests of all that needs no LLVM", || {
        run(cargo().args(["test", "--no-fail-fast"]))
    });
    gate.end()
}

/// Everything. Where this is not root, the tests leave out what needs it, and say so.
pub(crate) fn full() -> Result<()> {
    let setup = setup::for_test()?;
    if !debian::is_root() {
        say("this is not root: no test loads a program into the running kernel");
    }
    let mut gate = Gate::default();
    gate.step("compiler", compiler);
    gate.step("format", format);
    gate.step("clippy", || {
        run(with_llvm(&setup)
            .args(["clippy", "--workspace"])
            .args(DENY_WARNINGS))
    });
    gate.step("clippy of the linter with LLVM", || {
        run(with_llvm(&setup)
            .arg("clippy")
            .args(LINTER_WITH_LLVM)
            .args(DENY_WARNINGS))
    });
    gate.step("tests of all that needs no LLVM", || {
        run(cargo()
            // The linter's tests use both, and may no longer leave that out.
            .env("RUST_ANALYZER", "rust-analyzer")
            .env("LIBCLANG_PATH", setup.libclang()?)
            .args(["test", "--no-fail-fast"]))
    });
    gate.step("what users build, with the oldest Rust", || {
        published::with_oldest_rust(&setup)
    });
    gate.step("documentation of what users build", || {
        published::documentation(with_llvm(&setup))
    });
    gate.step(
        "libbpf, aya and our resolver on the same relocations",
        || test(&setup, "bpf-core-conformance"),
    );
    gate.step("build of the linker and the examples", || {
        build::all(&setup).map(|_| ())
    });
    gate.step("tests of the linker", || {
        let bpf_linker = peer::bpf_linker(&setup)?;
        // Some of them compare with what bpf-linker makes of the same input.
        run(with_llvm(&setup).env("BPF_LINKER", bpf_linker).args([
            "test",
            "--no-fail-fast",
            "--package",
            "bpf-core-linker",
        ]))
    });
    gate.step("tests of the linter with LLVM", || {
        run(with_llvm(&setup)
            .args(["test", "--no-fail-fast", "--test", "ir"])
            .args(LINTER_WITH_LLVM))
    });
    gate.step("the linter over this repository", || {
        lint::over_this_repository(&setup)
    });
    gate.step("linker and linter from their packages", || {
        test(&setup, "packages")
    });
    gate.step("every way that rustc builds a program", || {
        matrix::check(&setup)
    });
    gate.step("every way to ask the kernel, in Rust and in C", || {
        twins::check(&setup)
    });
    gate.step("documentation site", || test(&setup, "site"));
    gate.step("generated declarations on every known kernel", || {
        declared::check(&setup)
    });
    gate.step("projects of users, with aya and with libbpf-rs", || {
        app::check(&setup)
    });
    gate.step("what programs use of Rust", || constructs::check(&setup));
    gate.step("every program at every level", || levels::check(&setup));
    gate.step("what the linter's pages tell people to write", || {
        pages::check(&setup)
    });
    gate.step("every example on every kernel", || {
        test(&setup, "example-proof")
    });
    gate.step("tests of the examples", || {
        let examples = workspace::examples()?.into_iter();
        let mut cargo = with_llvm(&setup);
        cargo.args(["test", "--no-fail-fast"]);
        for example in examples.filter(Example::has_loader) {
            cargo.args(["--package", &example.name]);
        }
        run(&mut cargo)
    });
    gate.step("tests of what loads programs into many kernels", || {
        test(&setup, "kernel-load")
    });
    gate.step("three kernels", || {
        run(cargo().args(["run", "--quiet", "--package", "kernels", "--", "three"]))
    });
    gate.end()
}

/// The host's cargo.
fn cargo() -> Command {
    let mut cargo = Command::new(toolchain::host_cargo());
    cargo.current_dir(workspace::root());
    cargo
}

/// The same, told where LLVM is.
fn with_llvm(setup: &Setup) -> Command {
    let mut cargo = setup.host_cargo();
    cargo.current_dir(workspace::root());
    cargo
}

fn test(setup: &Setup, package: &str) -> Result<()> {
    run(with_llvm(setup).args(["test", "--no-fail-fast", "--package", package]))
}

/// The compiler is the one that rust-toolchain.toml names: the `.stderr` files of `ui-tests` have
/// its words, and would be left out with another.
fn compiler() -> Result<()> {
    let file = fs::read_to_string(workspace::root().join("rust-toolchain.toml"))?;
    let mut lines = file.lines();
    let pinned = lines.find_map(|line| line.strip_prefix("channel = \"")?.strip_suffix('"'));
    let pinned = pinned.context("rust-toolchain.toml names no `channel`")?;
    let version = ask(Command::new("rustc")
        .arg("--version")
        .current_dir(workspace::root()))?;
    ensure!(
        version.split(' ').nth(1) == Some(pinned),
        "this is {}, and rust-toolchain.toml names {pinned}: `rustup toolchain install {pinned}`",
        version.trim()
    );
    Ok(())
}

/// The workspace, and the eBPF crates, which are not in it.
fn format() -> Result<()> {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    let examples = workspace::examples()?;
    let examples = examples.iter().map(Example::ebpf);
    let others = [
        twins::folder().join("ebpf"),
        declared::folder().join("ebpf"),
        constructs::example().ebpf(),
    ];
    for folder in examples.chain(others) {
        let manifest = folder.join("Cargo.toml");
        run(cargo()
            .args(["fmt", "--check", "--manifest-path"])
            .arg(manifest))?;
    }
    Ok(())
}
