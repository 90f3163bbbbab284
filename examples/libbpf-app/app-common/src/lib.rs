//! The event that goes from the eBPF program to the host.
#![no_std]

/// A process has ended.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Exit {
    /// Nanoseconds from its exec to its end. 0 if the program has seen no exec of it.
    pub ran: u64,
    /// Its id.
    pub pid: i32,
    /// That of its parent.
    pub parent: i32,
    /// Its status as `wait` gives it: `exit_code` of `struct task_struct`.
    pub status: i32,
    /// The name of the program, to the first NUL.
    pub comm: [u8; 16],
}

impl Exit {
    /// The event in the bytes of the ring buffer.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; size_of::<Self>()]) -> Self {
        // SAFETY: any bytes are an event, and there are enough.
        unsafe { bytes.as_ptr().cast::<Self>().read_unaligned() }
    }
}
