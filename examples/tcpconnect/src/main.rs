//! Shows who connects where by TCP, on the running kernel.

mod row;
mod verify;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use example_loader::{Object, Options};
use row::{TABLE, row};

/// The program's name, and that of the object's file.
const NAME: &str = "tcpconnect";
const TRACEPOINT: &str = "inet_sock_set_state";

/// Shows who connects where by TCP, until Ctrl-C.
///
/// LOCKS are what the owner of the socket has chosen: the size of its buffers (`snd`, `rcv`), its
/// address and port (`addr`, `port`). A field that could not be read shows as `?` with the errno of
/// the read. `--verify` connects over the loopback device.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(flatten)]
    options: Options,

    /// End after so many events
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    example_loader::run(NAME, || watch(&cli))
}

/// Whether all went as it should.
fn watch(cli: &Cli) -> Result<bool> {
    let mut object = Object::open(&cli.options.object(NAME))?;
    let mut events = object.events()?;
    let attached = object.attach_raw_tracepoint(NAME, TRACEPOINT)?;
    if cli.options.verify {
        return verify::run(&attached, &mut events);
    }
    attached.or_fail()?;
    example_loader::watch(&mut object, &mut events, cli.count, &TABLE, row)
}
