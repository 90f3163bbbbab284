#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    comm: [u8; 16],
    real_parent: *const task_struct,
}

fn read(task: *const task_struct, at: usize) -> Result<*const u8, ReadError> {
    let _ = core_element_ptr!(task, pid; at)?;
//~                                 ^^^
    let _ = core_element_ptr!(task, real_parent; at)?;
//~                                 ^^^^^^^^^^^
    core_element_ptr!(task, real_parent, comm; at)
}

fn main() {}
