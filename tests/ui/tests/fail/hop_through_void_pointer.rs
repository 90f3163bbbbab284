#![allow(non_camel_case_types)]

use bpf_core::*;

use std::ffi::c_void;

#[derive(CoreStruct)]
struct task_struct {
    stack: *mut c_void,
}

fn read(task: *const task_struct) -> Result<u64, ReadError> {
    core_read!(task, stack, flags)
//~                       ^
}

fn main() {}
