#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    real_parent: *const task_struct,
}

fn fields() -> task_struct_fields {
//~            ^^^^^^^^^^^^^^^^^^
    task_struct::FIELDS
}

fn main() {}
