//! The functions of `shim.bpf.c`, as Rust calls them.

use core::ffi::c_void;

use example_events::{COMM_LEN, Reading};

use crate::task_struct;

// A task is an address here: what a `task_struct` is, each half says for itself.
unsafe extern "C" {
    pub fn shim_pid(task: *const c_void, pid: *mut i32) -> i64;
    pub fn shim_comm(task: *const c_void, comm: *mut [u8; COMM_LEN]) -> i64;
    pub fn shim_parent(task: *const c_void, pid: *mut i32) -> i64;
    pub fn shim_start(task: *const c_void, start: *mut u64) -> i64;
}

/// What one of them reads of a task: a failed read is an errno, and never a 0.
#[inline(always)]
pub fn read<T: Copy + Default>(
    function: unsafe extern "C" fn(*const c_void, *mut T) -> i64,
    task: *const task_struct,
) -> Reading<T> {
    let mut value = T::default();
    // SAFETY: each of them writes no more than a `T` there, and takes any address for a task.
    let error = unsafe { function(task.cast(), &mut value) };
    Reading::new(match error {
        0 => Ok(Some(value)),
        error => Err((-error) as i32),
    })
}
