#![allow(non_camel_case_types)]
#![deny(unused_must_use)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    comm: [u8; 16],
}

fn read(task: *const task_struct) {
    core_read!(task, pid);
//~ ^^^^^^^^^^^^^^^^^^^^^
    let mut pid = 0;
    core_read_into!(&mut pid, task, pid);
//~ ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    let mut comm = [0; 16];
    core_read_str!(&mut comm, task, comm);
//~ ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    core_field_ptr!(task, comm);
//~ ^^^^^^^^^^^^^^^^^^^^^^^^^^^
}

fn main() {}
