//! A process that `--verify` looks at: it goes into the state that it is told to.

use std::ffi::{c_int, c_void};
use std::io::{self, Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context as _, Result, ensure};

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

/// Another process is one, and this its parent.
pub(crate) struct Subject {
    child: Child,
    orders: ChildStdin,
}

impl Subject {
    /// The states that it can be in, by their letters in `/proc`, and in this order.
    pub(crate) const STATES: [char; 4] = ['S', 'D', 'T', 'Z'];

    pub(crate) fn start() -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("--subject")
            .stdin(Stdio::piped())
            .spawn()
            .context("cannot start a process to look at")?;
        let orders = child.stdin.take().context("no pipe to the process")?;
        Ok(Self { child, orders })
    }

    pub(crate) fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// Tells it to go into the next of its states.
    pub(crate) fn enter(&mut self, state: char) -> Result<()> {
        match state {
            'S' => self.order(SLEEP),
            'D' => self.order(WAIT_FOR_VFORK),
            'T' => {
                // Which its own child reads.
                self.order(SLEEP)?;
                self.signal(libc::SIGSTOP)
            }
            _ => {
                self.signal(libc::SIGCONT)?;
                self.order(END)
            }
        }
    }

    fn order(&mut self, order: u8) -> Result<()> {
        Ok(self.orders.write_all(&[order])?)
    }

    fn signal(&self, signal: c_int) -> Result<()> {
        // SAFETY: nobody has waited for the child, so that the pid is its own.
        let sent = unsafe { libc::kill(self.pid(), signal) };
        ensure!(sent == 0, io::Error::last_os_error());
        Ok(())
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        // It may have ended, and no zombie is to stay.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
