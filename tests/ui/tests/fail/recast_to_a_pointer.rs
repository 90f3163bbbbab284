#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
}

fn recast(task: *const task_struct) -> *const task_struct {
    core_recast!(task, *const task_struct)
//~                    ^^^^^^^^^^^^^^^^^^
}

fn main() {}
