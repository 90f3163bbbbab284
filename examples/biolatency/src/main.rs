//! Shows how long block I/O takes, by disk, on the running kernel.

mod disk;
mod histogram;
mod hook;
mod verify;

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::Parser;
use example_loader::{Attached, Object, Options, Stop};
use histogram::Histograms;

/// The name of the object's file.
const NAME: &str = "biolatency";

/// Counts how long block I/O takes, by disk, until Ctrl-C, and shows it as histograms.
///
/// `--verify` reads from a disk, and compares with /sys/block/NAME/stat.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(flatten)]
    options: Options,
}

fn main() -> ExitCode {
    let Cli { options } = Cli::parse();
    example_loader::run(NAME, || watch(&options))
}

/// Whether all went as it should.
fn watch(options: &Options) -> Result<bool> {
    let mut object = Object::open(&options.object(NAME))?;
    if options.verify {
        return verify::run(&mut object);
    }
    attach(&mut object)?.or_fail()?;
    let stop = Stop::on_signal()?;
    while !stop.came() {
        std::thread::sleep(Duration::from_millis(100));
    }
    let mut out = io::stdout().lock();
    write!(out, "{}", Histograms::read(&mut object)?)?;
    let lost = object.lost()?;
    if lost > 0 {
        writeln!(out, "{lost} more requests were not counted: a map was full")?;
    }
    Ok(true)
}

fn attach(object: &mut Object) -> Result<Attached> {
    // In this order: a completion without an issue counts for nothing.
    match object.attach_raw_tracepoint("complete", "block_rq_complete")? {
        Attached::Yes => object.attach_raw_tracepoint(hook::issue()?, "block_rq_issue"),
        missing => Ok(missing),
    }
}
