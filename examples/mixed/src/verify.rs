//! `--verify`: executes a program, and compares what either half sees with `/proc`.

use std::io;

use anyhow::{Context as _, Result};
use example_events::{Mixed, Seen};
use example_loader::process::{Stat, ensure_first_pid_namespace, nanoseconds_per_tick};
use example_loader::table::name;
use example_loader::{Attached, Object, PATIENCE, Subject, Tap, Verdict};

use crate::{TABLE, TRACEPOINT, attach, row};

/// Whether both halves see what `/proc` tells.
pub(crate) fn run(mut object: Object) -> Result<bool> {
    ensure_first_pid_namespace()?;
    object.set("ONLY_CHILDREN_OF", std::process::id().cast_signed())?;
    let mut events = object.events::<Mixed>()?;
    let attached = attach(&mut object)?;

    let subject = Subject::start(["--subject"])?;
    let pid = subject.pid();
    let event = match &attached {
        Attached::Yes => {
            let event = events.find(PATIENCE, |event| event.by_rust.pid.get() == Ok(Some(pid)))?;
            Some(event.with_context(|| format!("process {pid} came as no event"))?)
        }
        Attached::NoHook(_) => None,
    };
    let stat = Stat::of(pid)?;

    let mut tap = Tap::new(io::stdout().lock(), 2)?;
    tap.note(TABLE.head())?;
    if let Some(event) = &event {
        tap.note(row(event))?;
    }
    for (half, seen) in [
        ("C", event.map(|event| event.by_c)),
        ("Rust", event.map(|event| event.by_rust)),
    ] {
        tap.check(&format!("{TRACEPOINT}, {half}"), |tap| {
            match (&attached, &seen) {
                (Attached::Yes, Some(seen)) => compare(seen, &stat, tap),
                (Attached::NoHook(why), _) => Ok(Verdict::Skipped(why.clone())),
                (Attached::Yes, None) => Ok(Verdict::Wrong),
            }
        })?;
    }
    Ok(tap.passed())
}

fn compare(seen: &Seen, stat: &Stat, tap: &mut Tap<impl io::Write>) -> Result<Verdict> {
    let tick = nanoseconds_per_tick()?;
    let comm = seen.comm.get().map(|comm| comm.map(|comm| name(&comm)));
    let start = seen.start.get().map(|start| start.map(|ns| ns / tick));
    let right = seen.pid.get() == Ok(Some(stat.pid))
        && comm == Ok(Some(stat.comm.escape_ascii().to_string()))
        && seen.parent.get() == Ok(Some(stat.parent))
        && start == Ok(Some(stat.start));
    if !right {
        tap.note(format_args!("/proc says {stat:?}, in ticks of {tick} ns"))?;
    }
    Ok(Verdict::of(right))
}
