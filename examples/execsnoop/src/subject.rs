//! A process that `--verify` looks at: it asks for programs that are not there, and for one that is.

use std::ffi::{CStr, c_char};
use std::io::{self, Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context as _, Result};

/// What it asks for in the end: this program.
pub(crate) const PATH: &CStr = c"/proc/self/exe";

/// What such a process does.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Step {
    /// Waits, and asks.
    Ask,
    /// Has been executed.
    End,
}

/// This process is one.
pub(crate) fn run(step: Step) -> Result<()> {
    match step {
        Step::Ask => {
            io::stdin().read_exact(&mut [0])?;
            // No address of a process is in the first page.
            ask(std::ptr::without_provenance(1));
            ask(c"".as_ptr());
            Err(ask(PATH.as_ptr()).into())
        }
        Step::End => Ok(()),
    }
}

/// Executes a program; comes back only if that cannot be.
fn ask(path: *const c_char) -> io::Error {
    let arguments = [c"execsnoop", c"--subject", c"end"].map(CStr::as_ptr);
    let [name, option, value] = arguments;
    let arguments = [name, option, value, std::ptr::null()];
    // SAFETY: the arguments end with a null pointer; the kernel takes any address for the path.
    unsafe { libc::execve(path, arguments.as_ptr(), [std::ptr::null()].as_ptr()) };
    io::Error::last_os_error()
}

/// Another process is one, and this its parent.
pub(crate) struct Subject {
    child: Child,
    order: ChildStdin,
}

impl Subject {
    /// Starts one, that waits.
    pub(crate) fn start() -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--subject", "ask"])
            .stdin(Stdio::piped())
            .spawn()
            .context("cannot start a process to look at")?;
        let order = child.stdin.take().context("no pipe to the process")?;
        Ok(Self { child, order })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Tells it to ask for its programs.
    pub(crate) fn ask(&mut self) -> io::Result<()> {
        self.order.write_all(&[0])
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        // It may have ended, and no zombie is to stay.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
