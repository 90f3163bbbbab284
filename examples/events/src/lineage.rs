//! Who executes a program.

use crate::{COMM_LEN, Event, Reading};

/// A process has executed a program.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Lineage {
    /// The process itself.
    pub process: Process,
    /// Who made it.
    pub parent: Process,
    /// Who made the one that made it.
    pub grandparent: Process,
    /// Virtual run time on its run queue, in nanoseconds.
    pub vruntime: Reading<u64>,
    /// When it was made, in nanoseconds since boot.
    pub start: Reading<u64>,
    /// Id of its cgroup in the unified hierarchy.
    pub cgroup: Reading<u64>,
    /// Inode number of the program.
    pub exe: Reading<u64>,
}

/// A process, as far as its relatives show it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Process {
    /// What user space calls its pid: the kernel's `tgid`.
    pub pid: Reading<i32>,
    /// The name of its first thread, ended by a NUL.
    pub comm: Reading<[u8; COMM_LEN]>,
}

// SAFETY: all of it is integers and arrays of them.
unsafe impl Event for Lineage {}
