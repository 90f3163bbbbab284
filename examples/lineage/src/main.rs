//! Shows who executes a program, with parent and grandparent, on the running kernel.

mod event;
mod expected;
mod program;
mod sched;
mod subject;
mod table;
mod verify;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use clap::Parser;

use program::Program;

/// Shows who executes a program, with parent and grandparent, until Ctrl-C.
///
/// A field that could not be read shows as `?` with the errno of the read; one that a process
/// does not have, as `-`.
#[derive(Parser)]
#[command(version)]
struct Cli {
    /// The eBPF object
    #[arg(default_value = "target/bpf/lineage.o")]
    object: PathBuf,

    /// End after so many events [with --verify: 10]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,

    /// Execute programs, and compare each field with what /proc says; fail on a difference
    #[arg(long)]
    verify: bool,

    /// A step in the life of a process that `--verify` looks at
    #[arg(long, hide = true)]
    subject: Option<subject::Step>,

    /// The cgroup that such a process goes into
    #[arg(long, hide = true)]
    cgroup: Option<PathBuf>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.subject {
        Some(step) => subject::run(step, cli.cgroup.as_deref()).map(|()| true),
        None => watch(&cli),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever reads the output has enough of it.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do where even this cannot be written.
            let _ = writeln!(io::stderr(), "lineage: error: {}", told(&error));
            ExitCode::FAILURE
        }
    }
}

/// Whether all went as it should.
fn watch(cli: &Cli) -> Result<bool> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    let mut program = Program::load(&cli.object)?;
    if cli.verify {
        return verify::run(&mut program, cli.count.unwrap_or(10), &stop);
    }
    program.attach()?;
    let mut out = io::stdout().lock();
    writeln!(out, "{}", table::head())?;
    let mut left = cli.count;
    while left != Some(0) && !stop.load(Ordering::Relaxed) {
        program.wait(None)?;
        while let Some(event) = program.next() {
            writeln!(out, "{}", table::row(&event?))?;
            left = left.map(|left| left - 1);
            if left == Some(0) {
                break;
            }
        }
    }
    let lost = program.lost()?;
    if lost > 0 {
        writeln!(out, "{lost} more events were lost: the buffer was full")?;
    }
    Ok(true)
}

/// An error with its causes, but for those that it tells itself.
fn told(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
