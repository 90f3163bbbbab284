//! A process that `--verify` looks at: it asks for programs that are not there, and for one that is.

use std::ffi::{CStr, c_char};
use std::io::{self, Read as _};

use anyhow::Result;

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
