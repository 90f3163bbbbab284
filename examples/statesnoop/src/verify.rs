//! `--verify`: brings a process into known states, and compares.

use std::io;
use std::time::{Duration, Instant};

use anyhow::Result;
use example_events::Switch;
use example_loader::process::{Stat, ensure_first_pid_namespace};
use example_loader::table::name;
use example_loader::{Attached, Events, Object, PATIENCE, Subject, Tap, Verdict};

use crate::subject::{STATES, enter};
use crate::{ONLY, TABLE, attach, row, state};

/// Whether each state was told as `/proc` tells it.
pub(crate) fn run(mut object: Object) -> Result<bool> {
    ensure_first_pid_namespace()?;
    let mut subject = Subject::start(["--subject"])?;
    object.set(ONLY, subject.pid())?;
    let mut events = object.events()?;
    let attached = attach(&mut object)?;
    let mut tap = Tap::new(io::stdout().lock(), STATES.len())?;
    tap.note(TABLE.head())?;
    for state in STATES {
        tap.check(&format!("sched_switch, {state}"), |tap| match &attached {
            Attached::NoHook(why) => Ok(Verdict::Skipped(why.clone())),
            Attached::Yes => verify(&mut subject, state, &mut events, tap),
        })?;
    }
    Ok(tap.passed())
}

fn verify(
    subject: &mut Subject,
    state: char,
    events: &mut Events<Switch>,
    tap: &mut Tap<impl io::Write>,
) -> Result<Verdict> {
    enter(subject, state)?;
    let end = Instant::now() + PATIENCE;
    let mut last = None;
    loop {
        for event in events.by_ref() {
            last = Some(event?);
        }
        let stat = Stat::of(subject.pid())?;
        // On its way it may sleep for other reasons, or have to leave the CPU.
        let agree = |event: &Switch| {
            state::letter(event).get() == Ok(Some(state))
                && stat.state == state
                && event.pid.get() == Ok(Some(stat.pid))
                && event
                    .comm
                    .get()
                    .map(|comm| comm.map(|comm| name(&comm).into_bytes()))
                    == Ok(Some(stat.comm.clone()))
        };
        if let Some(event) = last.filter(agree) {
            tap.note(row(&event))?;
            return Ok(Verdict::Right);
        }
        if last.is_some_and(|event| state::is_last(&event)) || Instant::now() >= end {
            let seen = last.map_or("nothing".to_owned(), |event| row(&event));
            tap.note(format_args!("{seen}, and /proc says {stat:?}"))?;
            return Ok(Verdict::Wrong);
        }
        events.wait(Some(Duration::from_millis(10)))?;
    }
}
