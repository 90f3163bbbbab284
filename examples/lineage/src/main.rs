//! Shows who executes a program, with parent and grandparent, on the running kernel.

mod expected;
mod sched;
mod subject;
mod table;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use example_loader::{Object, Options};

/// The program's name, and that of the object's file.
const NAME: &str = "lineage";
const TRACEPOINT: &str = "sched_process_exec";

/// Shows who executes a program, with parent and grandparent, until Ctrl-C.
///
/// A field that could not be read shows as `?` with the errno of the read; one that a process
/// does not have, as `-`. `--verify` executes programs for it.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(flatten)]
    options: Options,

    /// End after so many events [with --verify: 10]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,

    /// A step in the life of a process that `--verify` looks at
    #[arg(long, hide = true)]
    subject: Option<subject::Step>,

    /// The cgroup that such a process goes into
    #[arg(long, hide = true)]
    cgroup: Option<PathBuf>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    example_loader::run(NAME, || match cli.subject {
        Some(step) => subject::run(step, cli.cgroup.as_deref()).map(|()| true),
        None => watch(&cli),
    })
}

/// Whether all went as it should.
fn watch(cli: &Cli) -> Result<bool> {
    let mut object = Object::open(&cli.options.object(NAME))?;
    let mut events = object.events()?;
    if cli.options.verify {
        let program = &mut verify::Program { object, events };
        return verify::run(program, cli.count.unwrap_or(10));
    }
    object.attach_raw_tracepoint(NAME, TRACEPOINT)?.or_fail()?;
    example_loader::watch(
        &mut object,
        &mut events,
        cli.count,
        &table::TABLE,
        table::row,
    )
}
