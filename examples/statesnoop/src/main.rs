//! Shows in which state tasks leave the CPU, on the running kernel.

mod state;
mod subject;
mod verify;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use example_events::Switch;
use example_loader::table::{Column, Table, name, shown};
use example_loader::{Attached, Object, Options};

/// The program's name, and that of the object's file.
const NAME: &str = "statesnoop";
const TRACEPOINT: &str = "sched_switch";
/// The map with the task to tell of.
const ONLY: &str = "ONLY";

const TABLE: Table = Table(&[
    Column::number("PID", 7),
    Column::text("COMM", 15),
    Column::text("STATE", 5),
]);

/// Shows in which state tasks leave the CPU, until Ctrl-C.
///
/// States are the letters of ps(1): `S` sleeps, `D` does so undisturbed, `R` would rather have
/// stayed. A field that could not be read shows as `?` with the errno of the read. `--verify`
/// brings a process of its own into some states, and compares with what /proc says.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(flatten)]
    options: Options,

    /// End after so many events
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,

    /// Show only this thread
    #[arg(long, value_parser = clap::value_parser!(i32).range(1..))]
    pid: Option<i32>,

    /// Be the process that `--verify` looks at
    #[arg(long, hide = true)]
    subject: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    example_loader::run(NAME, || match cli.subject {
        true => subject::run().map(|()| true),
        false => watch(&cli),
    })
}

/// Whether all went as it should.
fn watch(cli: &Cli) -> Result<bool> {
    let mut object = Object::open(&cli.options.object(NAME))?;
    if cli.options.verify {
        return verify::run(object);
    }
    if let Some(pid) = cli.pid {
        object.set(ONLY, pid)?;
    }
    let mut events = object.events()?;
    attach(&mut object)?.or_fail()?;
    example_loader::watch(&mut object, &mut events, cli.count, &TABLE, row)
}

fn attach(object: &mut Object) -> Result<Attached> {
    object.attach_raw_tracepoint(NAME, TRACEPOINT)
}

fn row(event: &Switch) -> String {
    TABLE.row([
        shown(&event.pid, |pid| pid),
        shown(&event.comm, |comm| name(&comm)),
        shown(&state::letter(event), |letter| letter),
    ])
}
