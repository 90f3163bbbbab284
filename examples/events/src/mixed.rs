//! Who executes a program, seen by C and by Rust.

use crate::{COMM_LEN, Event, Reading};

/// A process has executed a program.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Mixed {
    /// As the C half of the program reads it.
    pub by_c: Seen,
    /// As the Rust half does.
    pub by_rust: Seen,
}

/// What one half sees of a process.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Seen {
    /// What user space calls its pid: the kernel's `tgid`.
    pub pid: Reading<i32>,
    /// Its name, ended by a NUL.
    pub comm: Reading<[u8; COMM_LEN]>,
    /// Who made it.
    pub parent: Reading<i32>,
    /// When it was made, in nanoseconds since boot.
    pub start: Reading<u64>,
}

// SAFETY: all of it is integers and arrays of them.
unsafe impl Event for Mixed {}
