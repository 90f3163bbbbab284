#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
    #[core = "task_struct"]
//~   ^^^^^^^^^^^^^^^^^^^^
struct task {
    pid: i32,
}

fn main() {}
