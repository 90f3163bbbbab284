#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    comm: [u8; 16],
}

fn exists(task: *const task_struct, at: usize) -> bool {
    core_field_exists!(*task, comm[at])
//~                                ^^
}

fn main() {}
