//! `--verify`: executes a program, and compares what either half sees with `/proc`.

use std::io;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use aya::maps::Array;
use example_events::{Mixed, Seen};
use example_loader::process::{Stat, ensure_first_pid_namespace};
use example_loader::table::name;
use example_loader::{Attached, Object, Tap, Verdict};

use crate::{TABLE, TRACEPOINT, attach, row};

/// How long the event may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether both halves see what `/proc` tells.
pub(crate) fn run(mut object: Object) -> Result<bool> {
    ensure_first_pid_namespace()?;
    let mut only: Array<_, i32> = object.map_mut("ONLY_CHILDREN_OF")?.try_into()?;
    only.set(0, i32::try_from(std::process::id())?, 0)?;
    let mut events = object.events::<Mixed>()?;
    let attached = attach(&mut object)?;

    let mut subject = Subject::start()?;
    let pid = subject.pid()?;
    let event = match &attached {
        Attached::Yes => {
            let event = events.find(PATIENCE, |event| event.by_rust.pid.get() == Ok(Some(pid)))?;
            Some(event.with_context(|| format!("process {pid} came as no event"))?)
        }
        Attached::NoHook(_) => None,
    };
    let stat = Stat::of(pid)?;
    subject.end()?;

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
    let ticks = rustix::param::clock_ticks_per_second();
    ensure!(ticks > 0, "the system has no clock tick");
    let tick = 1_000_000_000 / ticks;
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

/// A process that has executed a program, and waits.
struct Subject(Child);

impl Subject {
    fn start() -> Result<Self> {
        let program = std::env::current_exe().context("the own program cannot be found")?;
        let mut command = Command::new(program);
        command.arg("--subject").stdin(Stdio::piped());
        Ok(Self(command.spawn().context("no process can be made")?))
    }

    fn pid(&self) -> Result<i32> {
        Ok(i32::try_from(self.0.id())?)
    }

    fn end(&mut self) -> Result<()> {
        drop(self.0.stdin.take());
        self.0.wait()?;
        Ok(())
    }
}
