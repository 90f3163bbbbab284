//! What the eBPF program of `lineage` tells its loader: bytes in a ring buffer.
#![no_std]

/// Length of `task_struct.comm`, with the NUL (`TASK_COMM_LEN`, `include/linux/sched.h`).
pub const COMM_LEN: usize = 16;

/// A process has executed a program.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Event {
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

/// What came of one read. A field that could not be read is not a field that is 0.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Reading<T> {
    /// 0: `value` was read. Above 0: the errno of the read that failed. [`NOTHING`]
    outcome: i32,
    value: T,
}

/// There was nothing to read, as a thread of the kernel has no program.
const NOTHING: i32 = -1;

impl<T: Copy + Default> Reading<T> {
    /// `Err` holds an errno, above 0.
    #[inline(always)]
    pub fn new(read: Result<Option<T>, i32>) -> Self {
        let (outcome, value) = match read {
            Ok(Some(value)) => (0, value),
            Ok(None) => (NOTHING, T::default()),
            Err(errno) => (errno, T::default()),
        };
        Self { outcome, value }
    }

    /// What [`new`](Self::new) was given.
    pub fn get(&self) -> Result<Option<T>, i32> {
        match self.outcome {
            0 => Ok(Some(self.value)),
            NOTHING => Ok(None),
            errno => Err(errno),
        }
    }
}
