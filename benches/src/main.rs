//! This project against its peers, measured in the same run, as ratios: `cargo xtask bench`.

mod compare;
mod compile_time;
mod examples;
mod fleet;
mod instructions;
mod link_time;
mod lint;
mod portability;
mod size;
mod verifier;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, ValueEnum};

/// This project against its peers, measured in the same run, as ratios.
#[derive(Parser)]
#[command(bin_name = "cargo xtask bench")]
struct Args {
    /// The only part to measure; all without one.
    part: Option<Part>,
    /// Write a catalogue of so many simulated kernels into a file, for `portability`.
    #[arg(long, hide = true, num_args = 2, value_names = ["COUNT", "FILE"])]
    fleet: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Part {
    /// BPF instructions of the twins, against clang.
    Instructions,
    /// BPF instructions of the examples that are written in C too, against clang.
    Examples,
    /// Instructions that the verifier of the running kernel looks at, against clang.
    Verifier,
    /// Size of an object, against clang.
    Size,
    /// Time to compile reads, against reads that are not relocated.
    Compile,
    /// Time of a link, against bpf-linker.
    Link,
    /// Time of the linter, against its parsers.
    Lint,
    /// Time to judge objects on many kernels, against bpftool on one.
    Portability,
}

fn main() -> ExitCode {
    let args = Args::parse();
    setup::process::report(match &args.fleet[..] {
        [count, file] => write_fleet(count, file),
        _ => run(args.part),
    })
}

fn write_fleet(count: &str, file: &str) -> Result<()> {
    fleet::write(count.parse()?, file.as_ref())
}

/// Measures the part, or all, and prints each as it comes.
fn run(only: Option<Part>) -> Result<()> {
    let setup = setup::for_test()?;
    let parts = only
        .as_ref()
        .map_or(Part::value_variants(), std::slice::from_ref);
    for part in parts {
        match part {
            Part::Instructions => instructions::run(&setup),
            Part::Examples => examples::run(&setup),
            Part::Verifier => verifier::run(&setup),
            Part::Size => size::run(&setup),
            Part::Compile => compile_time::run(&setup),
            Part::Link => link_time::run(&setup),
            Part::Lint => lint::run(&setup),
            Part::Portability => portability::run(&setup),
        }?;
        println!();
    }
    Ok(())
}
