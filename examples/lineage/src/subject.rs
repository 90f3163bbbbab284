//! A process that `--verify` looks at: it executes a program, and then stays as it is.
//!
//! Before and after the one that counts it says where it stands on its run queue, and between
//! the two it neither changes the CPU nor sleeps: so its virtual run time only grows.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result};
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

/// Another process is one, and this its parent.
pub(crate) struct Subject {
    child: Child,
    /// It stays until this is closed.
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// Where it stood before and after, where the kernel tells.
    pub(crate) positions: Option<(Position, Position)>,
}

impl Subject {
    /// Starts one, and waits until it has executed its program.
    pub(crate) fn start(cgroup: Option<&Path>) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--subject", "execute"]);
        if let Some(cgroup) = cgroup {
            command.arg("--cgroup").arg(cgroup);
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start a process to look at")?;
        let input = child.stdin.take();
        let output = child.stdout.take().context("no pipe from the process")?;
        let mut subject = Self {
            child,
            input,
            output: BufReader::new(output),
            positions: None,
        };
        let (before, after) = (subject.position()?, subject.position()?);
        subject.positions = before.zip(after);
        Ok(subject)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    fn position(&mut self) -> Result<Option<Position>> {
        let mut line = String::new();
        let read = self.output.read_line(&mut line)?;
        anyhow::ensure!(read > 0, "the process to look at has ended too early");
        match line.trim_end() {
            "" => Ok(None),
            line => line.parse().map(Some),
        }
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        self.input = None;
        // It ends on its own, and no zombie is to stay.
        let _ = self.child.wait();
    }
}
