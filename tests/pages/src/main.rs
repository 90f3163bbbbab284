//! Loads every object of the linter's pages into the running kernel by aya, and tells as TAP: for the
//! guests of `kernels`.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use example_loader::{Tap, Verdict};
use pages::{Loaded, load, name, objects};

#[derive(Parser)]
struct Args {
    /// As the loaders of examples have it: this does nothing else.
    #[arg(long)]
    verify: bool,

    /// The folder with the objects.
    #[arg(default_value = "target/bpf/pages.o")]
    folder: PathBuf,
}

fn main() -> ExitCode {
    example_loader::run("pages", || verify(&Args::parse()))
}

fn verify(args: &Args) -> Result<bool> {
    let objects = objects(&args.folder)?;
    let mut tap = Tap::new(io::stdout(), objects.len())?;
    for object in &objects {
        tap.check(name(object), |_| {
            Ok(match load(object)? {
                Loaded::All(_) => Verdict::Right,
                Loaded::LeftOut(why) => Verdict::Skipped(why),
            })
        })?;
    }
    Ok(tap.passed())
}
