#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    real_parent: *const task_struct,
}

fn read(task: *const task_struct) -> Result<i32, ReadError> {
    let parent = core_read!(task, real_parent);
    core_read!(parent, pid)
//~            ^^^^^^
}

fn main() {}
