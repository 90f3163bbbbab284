//! A process that `--verify` looks at: it executes a program, and then stays as it is.
//!
//! Before and after the one that counts it says where it stands on its run queue, and between
//! the two it neither changes the CPU nor sleeps: so its virtual run time only grows.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use example_loader::Subject;
use rustix::thread::{CpuSet, sched_getcpu, sched_setaffinity};

use crate::sched::Position;

/// What such a process does.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Step {
    /// Executes the program once more, in a quiet place.
    Execute,
    /// Waits until it is no longer needed.
    Stay,
}

/// This process is one.
pub(crate) fn run(step: Step, cgroup: Option<&Path>) -> Result<()> {
    match step {
        Step::Execute => execute(cgroup),
        Step::Stay => {
            say(Position::own()?)?;
            io::stdin().read_to_end(&mut Vec::new())?;
            Ok(())
        }
    }
}

fn execute(cgroup: Option<&Path>) -> Result<()> {
    if let Some(cgroup) = cgroup {
        // 0: the process that writes.
        fs::write(cgroup.join("cgroup.procs"), "0")
            .with_context(|| format!("cannot join {}", cgroup.display()))?;
    }
    let mut here = CpuSet::new();
    here.set(sched_getcpu());
    sched_setaffinity(None, &here)?;
    let mut stay = Command::new(std::env::current_exe()?);
    stay.args(["--subject", "stay"]);
    say(Position::own()?)?;
    Err(stay.exec().into())
}

fn say(position: Option<Position>) -> Result<()> {
    let mut out = io::stdout();
    match position {
        Some(position) => writeln!(out, "{position}")?,
        None => writeln!(out)?,
    }
    Ok(out.flush()?)
}

/// Starts another process that is one, waits until it has executed its program, and tells where it stood
/// before and after, where the kernel says so.
pub(crate) fn start(cgroup: Option<&Path>) -> Result<(Subject, Option<(Position, Position)>)> {
    let mut arguments = vec![OsStr::new("--subject"), OsStr::new("execute")];
    if let Some(cgroup) = cgroup {
        arguments.extend([OsStr::new("--cgroup"), cgroup.as_os_str()]);
    }
    let mut subject = Subject::start(arguments)?;
    let (before, after) = (position(&mut subject)?, position(&mut subject)?);
    Ok((subject, before.zip(after)))
}

fn position(subject: &mut Subject) -> Result<Option<Position>> {
    match subject.answer()?.as_str() {
        "" => Ok(None),
        line => line.parse().map(Some),
    }
}
