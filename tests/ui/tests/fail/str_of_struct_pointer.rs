#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    real_parent: *const task_struct,
}

fn read(task: *const task_struct) -> Result<usize, ReadError> {
    let mut buf = [0; 16];
    core_read_str!(&mut buf, task, real_parent).map(|name| name.len())
//~                                ^^^^^^^^^^^
}

fn main() {}
