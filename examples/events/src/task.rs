//! What several programs ask of a task.

use aya_ebpf::btf_maps::Array;
use bpf_core::{CoreStruct, ReadError, core_read};

/// `include/linux/sched.h`. A program may declare other fields of it: loaders see one struct.
#[derive(CoreStruct)]
#[expect(non_camel_case_types, reason = "the kernel's name")]
struct task_struct {
    #[core(optional)]
    start_boottime: u64,
    /// What `start_boottime` was called before 5.5.
    #[core(optional)]
    real_start_time: u64,
}

/// Whether a program tells of the one that has this id: the element of `only` is that id, or 0 for all.
pub fn is_asked_for(only: &Array<i32, 1>, id: impl FnOnce() -> Result<i32, ReadError>) -> bool {
    match only.get(0) {
        // Who it is cannot be known where the read fails: better one too many.
        Some(&only) if only != 0 => id().map_or(true, |id| id == only),
        _ => true,
    }
}

/// When a task was made, in nanoseconds since boot. `task` is the address of a `task_struct`.
#[inline(always)]
pub fn start_of<T>(task: *const T) -> Result<Option<u64>, ReadError> {
    let task: *const task_struct = task.cast();
    match core_read!(task, start_boottime)? {
        Some(start) => Ok(Some(start)),
        None => core_read!(task, real_start_time),
    }
}
