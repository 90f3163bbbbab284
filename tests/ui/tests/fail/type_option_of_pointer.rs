#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    real_parent: Option<*const task_struct>,
//~              ^^^^^^^^^^^^^^^^^^^^^^^^^^
}

fn main() {}
