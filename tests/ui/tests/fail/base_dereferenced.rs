#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    comm: [u8; 16],
    real_parent: *const task_struct,
}

fn read(task: *const task_struct) -> Result<i32, ReadError> {
    core_read!(*task, pid)
//~            ^^^^
}

fn main() {}
