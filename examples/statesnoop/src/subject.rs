//! A process that `--verify` looks at: it goes into the state that it is told to.

use std::ffi::{c_int, c_void};
use std::io::{self, Read as _};

use anyhow::{Result, ensure};
use example_loader::Subject;

/// What to do, a byte each.
const SLEEP: u8 = b'S';
const WAIT_FOR_VFORK: u8 = b'D';
const END: u8 = b'Z';

/// This process is one.
pub(crate) fn run() -> Result<()> {
    loop {
        let mut order = [0];
        // Between two orders it sleeps.
        if io::stdin().read(&mut order)? == 0 || order == [END] {
            return Ok(());
        }
        if order == [WAIT_FOR_VFORK] {
            wait_for_vfork()?;
        }
    }
}

/// As vfork(2): this thread does not run until its child has read a byte, and ended.
fn wait_for_vfork() -> io::Result<()> {
    let mut stack = vec![0_u128; 4096];
    let top = stack.as_mut_ptr_range().end;
    // SAFETY: the child has a copy of all memory, the stack for it too, whose top is aligned.
    let child = unsafe {
        libc::clone(
            end_after_a_byte,
            top.cast(),
            libc::CLONE_VFORK | libc::SIGCHLD,
            std::ptr::null_mut(),
        )
    };
    // SAFETY: there is no need of the status.
    if child < 0 || unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

extern "C" fn end_after_a_byte(_: *mut c_void) -> c_int {
    let mut byte = 0_u8;
    // SAFETY: there is room for one byte.
    unsafe { libc::read(0, (&raw mut byte).cast(), 1) };
    0
}

/// The states that such a process can be in, by their letters in `/proc`, and in this order.
pub(crate) const STATES: [char; 4] = ['S', 'D', 'T', 'Z'];

/// Tells another process to go into the next of its states.
pub(crate) fn enter(subject: &mut Subject, state: char) -> Result<()> {
    match state {
        'S' => subject.order(SLEEP),
        'D' => subject.order(WAIT_FOR_VFORK),
        'T' => {
            // Which its own child reads.
            subject.order(SLEEP)?;
            signal(subject, libc::SIGSTOP)
        }
        _ => {
            signal(subject, libc::SIGCONT)?;
            subject.order(END)
        }
    }
}

fn signal(subject: &Subject, signal: c_int) -> Result<()> {
    // SAFETY: nobody has waited for the child, so that the pid is its own.
    let sent = unsafe { libc::kill(subject.pid(), signal) };
    ensure!(sent == 0, io::Error::last_os_error());
    Ok(())
}
