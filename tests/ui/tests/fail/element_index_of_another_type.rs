#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    comm: [u8; 16],
}

fn read(task: *const task_struct, at: i64) -> Result<*const u8, ReadError> {
    core_element_ptr!(task, comm; at)
//~                               ^^
}

fn main() {}
