#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    flags: u32,
    comm: [u8; 16],
    real_parent: *const task_struct,
}

kfuncs! {
    fn bpf_task_acquire(task: &mut task_struct) -> *mut task_struct;
//~                           ^^^^^^^^^^^^^^^^
}

fn main() {}
