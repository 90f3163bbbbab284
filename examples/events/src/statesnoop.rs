//! In which state tasks leave the CPU.

use crate::{COMM_LEN, Event, Reading};

/// A task has left the CPU.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Switch {
    /// What user space calls its thread id.
    pub pid: Reading<i32>,
    /// Its name, ended by a NUL.
    pub comm: Reading<[u8; COMM_LEN]>,
    /// `TASK_RUNNING`, `TASK_INTERRUPTIBLE` ... (`include/linux/sched.h`)
    pub state: Reading<u64>,
    /// `EXIT_ZOMBIE`, `EXIT_DEAD`, or 0
    pub exit_state: Reading<u32>,
    /// Not 0: it would rather have stayed, whatever its state.
    pub preempted: u32,
}

// SAFETY: all of it is integers and arrays of them.
unsafe impl Event for Switch {}
