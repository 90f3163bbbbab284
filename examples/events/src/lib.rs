//! What the eBPF programs of the examples tell their loaders: bytes in a ring buffer.
#![no_std]

mod biolatency;
mod execsnoop;
mod lineage;
mod mixed;
mod reading;
#[cfg(target_arch = "bpf")]
mod ring;
mod statesnoop;
#[cfg(target_arch = "bpf")]
mod task;
mod tcpconnect;

pub use biolatency::{Bucket, Disk};
pub use execsnoop::{Execution, Form, PATH_LEN};
pub use lineage::{Lineage, Process};
pub use mixed::{Mixed, Seen};
pub use reading::Reading;
#[cfg(target_arch = "bpf")]
pub use ring::{lost, tell};
pub use statesnoop::Switch;
#[cfg(target_arch = "bpf")]
pub use task::{is_asked_for, start_of};
pub use tcpconnect::{Connection, Endpoint};

/// Length of `task_struct.comm`, with the NUL (`TASK_COMM_LEN`, `include/linux/sched.h`).
pub const COMM_LEN: usize = 16;

/// What a program tells.
///
/// # Safety
/// Every bit pattern is a value: all fields are integers, or arrays or structs of them.
pub unsafe trait Event: Copy + 'static {}
