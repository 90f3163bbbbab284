//! Who executes what.

use crate::{Event, Reading};

/// Length of a path, with the NUL: longer ones are cut.
pub const PATH_LEN: usize = 256;

/// A process has asked to execute a program.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Execution {
    /// Which program tells, one of [`Form`].
    pub form: u32,
    /// What user space calls its pid.
    pub pid: u32,
    /// Length of what it asked for, where that could be read.
    pub len: Reading<u32>,
    /// What it asked for, without a NUL, and bytes that do not count.
    pub bytes: [u8; PATH_LEN],
}

impl Execution {
    /// What the process asked for; `Err` holds an errno. A path that cannot be read is not an empty
    /// one.
    pub fn path(&self) -> Result<Option<&[u8]>, i32> {
        let of_len = |len: u32| self.bytes.get(..len as usize).unwrap_or(&self.bytes);
        self.len.get().map(|len| len.map(of_len))
    }
}

/// A kind of program.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// At a tracepoint, with the arguments as its format has them.
    Tracepoint,
    /// At a tracepoint, with the arguments of the kernel's code.
    RawTracepoint,
    /// At an instruction, with the registers.
    Kprobe,
    /// At a function, with its arguments.
    Fentry,
    /// As a raw tracepoint, but that the verifier knows the types.
    TpBtf,
}

// SAFETY: all of it is integers and arrays of them.
unsafe impl Event for Execution {}
