#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    real_parent: *const task_struct,
}

macro_rules! parent {
    ($task:expr, $($path:tt)*) => {
        core_read!($task, real_parent, $($path)*)
    };
}

fn read(task: *const task_struct) -> Result<i32, ReadError> {
    parent!(task, real_parent.pid)
//~                          ^
}

fn main() {}
