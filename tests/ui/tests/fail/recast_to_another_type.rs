#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
}

#[derive(CoreStruct)]
#[core(name = "task_group___v5")]
struct task_struct_v5 {
    state: i64,
}

fn state(task: *const task_struct) -> Result<i64, ReadError> {
    core_read!(core_recast!(task, task_struct_v5), state)
//~                               ^^^^^^^^^^^^^^
}

fn main() {}
