#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    real_parent: *const task_struct,
}

fn read(task: *const task_struct) {
    let _ = core_read!(task, pid?);
//~                             ^
    let _ = core_read!(task, pid as u32);
//~                              ^^
    let _ = core_read!(task, real_parent => pid);
//~                                      ^^
}

fn main() {}
