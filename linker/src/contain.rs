//! Runs the link in a child process. LLVM crashes on some inputs, and the user has to get an error for these
//! too.

use std::{io, process::ExitCode};

use crate::error::{Error, Result};

/// Runs `work` in a child and passes its exit code on.
///
/// # Errors
/// When a signal ends the child, and when no child can be started.
///
/// # Safety
/// The process has one thread only. A lock that another thread holds would never be released in the child.
pub unsafe fn run(work: impl FnOnce() -> ExitCode) -> Result<ExitCode> {
    // SAFETY: the caller vouches for a single thread.
    let child = unsafe { libc::fork() };
    match child {
        -1 => Err(Error::new(format!(
            "cannot start a process: {}",
            io::Error::last_os_error()
        ))),
        0 => {
            // SAFETY: asks the kernel to end this process with its parent.
            #[cfg(target_os = "linux")]
            unsafe {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL)
            };
            let code = work();
            std::process::exit(if code == ExitCode::SUCCESS { 0 } else { 1 })
        }
        _ => wait(child),
    }
}

fn wait(child: libc::pid_t) -> Result<ExitCode> {
    let mut status = 0;
    loop {
        // SAFETY: the child is ours, and nobody else waits for it.
        if unsafe { libc::waitpid(child, &mut status, 0) } == child {
            break;
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(Error::new(format!(
                "cannot wait for the process that links: {error}"
            )));
        }
    }
    if libc::WIFSIGNALED(status) {
        return Err(match libc::WTERMSIG(status) {
            signal @ (libc::SIGHUP | libc::SIGINT | libc::SIGKILL | libc::SIGTERM) => Error::new(
                format!("a signal from outside ended the link (signal {signal})"),
            ),
            signal => Error::new(format!("LLVM crashed on this program (signal {signal})"))
                .note("an input may be damaged, or made by another LLVM than it says")
                .help("`--log-level info` names the inputs as they are read"),
        });
    }
    Ok(if libc::WEXITSTATUS(status) == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
