//! A process that `--verify` looks at: the example itself once more, with other arguments.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, ensure};

/// The process, whose parent this one is. It ends when this is dropped.
pub struct Subject {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Subject {
    /// Starts one with these arguments.
    pub fn start(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start a process to look at")?;
        let (orders, answers) = (child.stdin.take(), child.stdout.take());
        Ok(Self {
            child,
            orders: orders.context("no pipe to the process")?,
            answers: BufReader::new(answers.context("no pipe from the process")?),
        })
    }

    /// Its id.
    pub fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// Writes a byte to its standard input.
    pub fn order(&mut self, order: u8) -> Result<()> {
        Ok(self.orders.write_all(&[order])?)
    }

    /// Waits for the next line of its standard output.
    pub fn answer(&mut self) -> Result<String> {
        let mut line = String::new();
        let read = self.answers.read_line(&mut line)?;
        ensure!(read > 0, "the process to look at has ended too early");
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        // It may have ended, or be stopped, and no zombie is to stay.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
