#![allow(non_camel_case_types)]

use bpf_core::*;
use std::ffi::c_void;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
}

fn recast(task: *const c_void) -> *const task_struct {
    core_recast!(task, task_struct)
//~              ^^^^
}

fn main() {}
