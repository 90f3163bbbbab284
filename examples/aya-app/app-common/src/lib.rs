//! The event that goes from the eBPF program to the host.
#![no_std]

/// A process executes a program.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Exec {
    /// Its id.
    pub pid: i32,
    /// That of its parent.
    pub parent: i32,
    /// The name of the program, to the first NUL.
    pub comm: [u8; 16],
}

impl Exec {
    /// The event in the bytes of the ring buffer.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; size_of::<Self>()]) -> Self {
        // SAFETY: any bytes are an event, and there are enough.
        unsafe { bytes.as_ptr().cast::<Self>().read_unaligned() }
    }
}
