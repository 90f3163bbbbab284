//! Shows who executes what, on the running kernel.

mod form;
mod row;
mod subject;
mod verify;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use example_events::Form;
use example_loader::{Object, Options};

/// The name of the object's file.
const NAME: &str = "execsnoop";

/// Shows who executes what, until Ctrl-C.
///
/// A path is what the process asks for, there or not, in quotes. One that could not be read shows as
/// `?` with the errno of the read. `--verify` executes programs for it, and looks by all forms.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(flatten)]
    options: Options,

    /// End after so many events
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,

    /// The kind of program that looks: tracepoint, raw_tracepoint, kprobe, fentry or tp_btf
    #[arg(long, value_parser = form::named, default_value = "raw_tracepoint")]
    form: Form,

    /// Be the process that `--verify` looks at
    #[arg(long, hide = true)]
    subject: Option<subject::Step>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    example_loader::run(NAME, || match cli.subject {
        Some(step) => subject::run(step).map(|()| true),
        None => watch(&cli),
    })
}

/// Whether all went as it should.
fn watch(cli: &Cli) -> Result<bool> {
    let mut object = Object::open(&cli.options.object(NAME))?;
    object.set("EXECVE", libc::SYS_execve)?;
    if cli.options.verify {
        return verify::run(object);
    }
    let mut events = object.events()?;
    form::attach(cli.form, &mut object)?.or_fail()?;
    example_loader::watch(&mut object, &mut events, cli.count, &row::TABLE, row::row)
}
