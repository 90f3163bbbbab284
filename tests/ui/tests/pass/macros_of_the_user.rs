//! Paths that another macro puts together.
#![allow(non_camel_case_types)]
#![deny(warnings, dead_code)]
#![forbid(unsafe_code)]

use bpf_core::{CoreStruct, ReadError, core_field_exists, core_read};

const ENOSYS: i32 = 38;

#[derive(CoreStruct)]
struct sched_entity {
    vruntime: u64,
}

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    comm: [u8; 16],
    se: sched_entity,
    real_parent: *const task_struct,
}

macro_rules! by_identifier {
    ($task:expr, $field:ident) => {
        core_read!($task, real_parent, $field)
    };
}

macro_rules! by_tokens {
    ($task:expr, $($path:tt)*) => {
        core_read!($task, real_parent, $($path)*)
    };
}

macro_rules! by_expression {
    ($task:expr, $path:expr) => {
        core_read!($task, $path)
    };
}

macro_rules! by_index {
    ($task:expr, $at:expr, $other:literal) => {{
        core_read!($task, comm[$at]).and(core_read!($task, comm[$other]))
    }};
}

macro_rules! by_type {
    ($type:ty, $field:ident) => {
        core_field_exists!($type, $field)
    };
}

macro_rules! kernel_struct {
    ($name:ident { $($field:ident: $type:ty,)* }) => {
        #[derive(CoreStruct)]
        struct $name {
            $($field: $type,)*
        }
    };
}

kernel_struct! {
    path {
        mnt: *const task_struct,
        dentry: u64,
        shape: [u32; 3],
    }
}

#[derive(CoreStruct)]
struct file {
    f_path: path,
}

// The names that the macros use, from a macro.
macro_rules! with_names_of_ours {
    ($base:ident, $place:ident) => {{
        let $place = $base;
        core_read!($place, pid)
    }};
}

fn errno<T>(result: Result<T, ReadError>) -> i32 {
    result.err().map_or(0, ReadError::errno)
}

fn main() {
    let task: *const task_struct = std::ptr::null();
    assert_eq!(errno::<i32>(by_identifier!(task, pid)), ENOSYS);
    assert_eq!(errno::<u64>(by_tokens!(task, real_parent, se.vruntime)), ENOSYS);
    assert_eq!(errno::<u8>(by_tokens!(task, comm[1])), ENOSYS);
    assert_eq!(errno::<u64>(by_expression!(task, se.vruntime)), ENOSYS);
    assert_eq!(errno::<u8>(by_index!(task, 2 + 3, 4)), ENOSYS);
    assert_eq!(errno::<u8>(by_index!(task, usize::MIN, 4)), ENOSYS);
    assert!(!by_type!(task_struct, se));
    let base = task;
    assert_eq!(errno::<i32>(with_names_of_ours!(base, place)), ENOSYS);
    let file: *const file = std::ptr::null();
    let path: Result<path, ReadError> = core_read!(file, f_path);
    assert_eq!(errno(path), ENOSYS);
}
