#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    comm: [u8; 16],
}

fn read(task: *const task_struct, at: usize) {
    let _ = core_element_ptr!(task, comm);
//~         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    let _ = core_element_ptr!(task, comm;);
//~                                     ^
    let _ = core_element_ptr!(task, comm; at, 1);
//~                                         ^
    let _ = core_element_ptr!(task, comm, at);
//~         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
}

fn main() {}
