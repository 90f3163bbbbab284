//! Set-up, build, test and demo of this repository: `cargo xtask`.

mod app;
mod demo;
mod gate;
mod lint;
mod matrix;
mod published;
mod readme;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use setup::{build, constructs, declared, levels, pages, process, toolchain, twins, workspace};

/// Set-up, build, test and demo of this repository.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Find LLVM 22, a rustc for eBPF and what the tests call, or install them.
    ///
    /// The commands below do so themselves, each what it needs.
    Setup,
    /// Build the linker, each example's loader, and its eBPF object as target/bpf/NAME.o.
    Build,
    /// Build, load the example `lineage` into the running kernel, and print verified events.
    ///
    /// Where that cannot be, say why and show its relocations.
    Demo,
    /// Check and test all that needs neither LLVM, nor root, nor a network.
    Quick,
    /// Run every check and test; fail if one fails, and say which.
    Test,
    /// The part of `test` that runs the linter over this repository.
    Lint,
    /// The part of `test` that builds one program at every level and way to link.
    Matrix,
    /// The part of `test` that runs programs which use one thing of Rust each.
    Constructs,
    /// The part of `test` that loads the examples and the twins of every level of optimisation.
    Levels,
    /// The part of `test` that loads what the linter's pages tell people to write.
    Pages,
    /// The part of `test` that asks the kernel in every way, in Rust and in C.
    Rows,
    /// The part of `test` that builds projects as users do, one of them by README's steps alone.
    Apps,
    /// The part of `test` that looks on every known kernel for the fields that `bindings` declares in Rust.
    Declared,
    /// Make the documentation site in target/site/html.
    Site,
    /// Boot many kernels in qemu, with every example in each: see `kernels --help`.
    #[command(disable_help_flag = true)]
    Kernels(Words),
    /// Build the linker and the linter as a release has them, and pack them in target/shipped.
    Release,
    /// Measure this project against its peers: see `bench --help`.
    #[command(disable_help_flag = true)]
    Bench(Words),
}

/// What another program of this repository takes.
#[derive(clap::Args)]
struct Words {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

fn main() -> ExitCode {
    process::end_at_closed_pipe();
    process::report(run(Args::parse().command))
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Setup => setup::for_test().map(|_| ()),
        Command::Build => build::all(&setup::for_build()?).map(|_| ()),
        Command::Demo => demo::show(),
        Command::Quick => gate::quick(),
        Command::Test => gate::full(),
        Command::Lint => lint::over_this_repository(&setup::for_build()?),
        Command::Matrix => matrix::check(&setup::for_build()?),
        Command::Constructs => constructs::check(&setup::for_test()?),
        Command::Levels => levels::check(&setup::for_test()?),
        Command::Pages => pages::check(&setup::for_test()?),
        Command::Declared => declared::check(&setup::for_build()?),
        Command::Site => process::run(
            std::process::Command::new(toolchain::host_cargo())
                .args(["run", "--quiet", "--package", "site", "target/site"])
                .current_dir(workspace::root()),
        ),
        Command::Rows => twins::check(&setup::for_test()?),
        Command::Apps => app::check(&setup::for_test()?),
        Command::Kernels(Words { words }) => hand_over("kernels", &words),
        Command::Release => hand_over("release", &[]),
        Command::Bench(Words { words }) => hand_over("benches", &words),
    }
}

/// Goes on as another program of this workspace, which is built first.
fn hand_over(package: &str, words: &[String]) -> Result<()> {
    let mut cargo = std::process::Command::new(toolchain::host_cargo());
    cargo
        .args(["run", "--quiet", "--manifest-path"])
        .arg(workspace::root().join("Cargo.toml"))
        .args(["--package", package, "--"])
        .args(words);
    process::become_command(&mut cargo)
}
