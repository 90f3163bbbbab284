#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    flags: u32,
    comm: [u8; 16],
    real_parent: *const task_struct,
}

fn write(task: TrustedPtr<'_, task_struct>) -> Result<(), WriteError> {
    core_write!(task, flags = 1)
//~             ^^^^
}

fn write_by_raw_pointer(task: *mut task_struct) -> Result<(), WriteError> {
    core_write!(task, flags = 1)
//~             ^^^^
}

fn main() {}
