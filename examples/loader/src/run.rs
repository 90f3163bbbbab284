//! The frame of an example's `main`.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use example_events::Event;

use crate::events::Events;
use crate::object::Object;
use crate::table::Table;
use crate::tap::told;

/// Ctrl-C, or a request to end.
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// From now on such a signal does not end the process by itself.
    pub fn on_signal() -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            signal_hook::flag::register(signal, Arc::clone(&stop))?;
        }
        Ok(Self(stop))
    }

    /// Whether one has come.
    pub fn came(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Runs an example. `example` gives whether all went as it should.
pub fn run(name: &str, example: impl FnOnce() -> Result<bool>) -> ExitCode {
    match example() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever reads the output has enough of it.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do where even this cannot be written.
            let _ = writeln!(io::stderr(), "{name}: error: {}", told(&error));
            ExitCode::FAILURE
        }
    }
}

/// Prints a line for each event, until a signal ends it, or `count` events.
pub fn watch<T: Event>(
    object: &mut Object,
    events: &mut Events<T>,
    count: Option<u32>,
    table: &Table,
    row: impl Fn(&T) -> String,
) -> Result<bool> {
    let stop = Stop::on_signal()?;
    let mut out = io::stdout().lock();
    writeln!(out, "{}", table.head())?;
    let mut left = count;
    while left != Some(0) && !stop.came() {
        events.wait(None)?;
        for event in events.by_ref() {
            writeln!(out, "{}", row(&event?))?;
            left = left.map(|left| left - 1);
            if left == Some(0) {
                break;
            }
        }
    }
    let lost = object.lost()?;
    if lost > 0 {
        writeln!(out, "{lost} more events were lost: the buffer was full")?;
    }
    Ok(true)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
