//! Shows who executes a program, as a C half and a Rust half of one eBPF program see it.

mod verify;

use std::io::{self, Read as _};
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use example_events::{Mixed, Seen};
use example_loader::table::{Column, Table, name, shown};
use example_loader::{Attached, Object, Options};

/// The program's name, and that of the object's file.
const NAME: &str = "mixed";
const TRACEPOINT: &str = "sched_process_exec";

const TABLE: Table = Table(&[
    Column::number("PID", 7),
    Column::text("COMM", 15),
    Column::number("PPID", 7),
    Column::number("START ms", 12),
    Column::number("PID", 7),
    Column::text("COMM", 15),
    Column::number("PPID", 7),
    Column::number("START ms", 12),
]);

/// Shows who executes a program, until Ctrl-C: on the left as the C half reads it, on the right as
/// the Rust half does.
///
/// A field that could not be read shows as `?` with the errno of the read. `--verify` executes a
/// program for it, and compares with what /proc says.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(flatten)]
    options: Options,

    /// End after so many events
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,

    /// Be the process that `--verify` looks at
    #[arg(long, hide = true)]
    subject: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    example_loader::run(NAME, || match cli.subject {
        // Until its parent has seen enough.
        true => Ok(io::stdin().read(&mut [0]).map(|_| true)?),
        false => watch(&cli),
    })
}

/// Whether all went as it should.
fn watch(cli: &Cli) -> Result<bool> {
    let mut object = Object::open(&cli.options.object(NAME))?;
    if cli.options.verify {
        return verify::run(object);
    }
    let mut events = object.events()?;
    attach(&mut object)?.or_fail()?;
    example_loader::watch(&mut object, &mut events, cli.count, &TABLE, row)
}

fn attach(object: &mut Object) -> Result<Attached> {
    object.attach_raw_tracepoint(NAME, TRACEPOINT)
}

fn row(event: &Mixed) -> String {
    let cells = |seen: &Seen| {
        [
            shown(&seen.pid, |pid| pid.to_string()),
            shown(&seen.comm, |comm| name(&comm)),
            shown(&seen.parent, |pid| pid.to_string()),
            shown(&seen.start, |ns| (ns / 1_000_000).to_string()),
        ]
    };
    TABLE.row(cells(&event.by_c).into_iter().chain(cells(&event.by_rust)))
}
