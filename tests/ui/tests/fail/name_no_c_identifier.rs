#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
#[core(name = "struct task_struct")]
//~           ^^^^^^^^^^^^^^^^^^^^
struct task {
    #[core(name = "se.vruntime")]
//~               ^^^^^^^^^^^^^
    vruntime: u64,
    #[core(name = "")]
//~               ^^
    pid: i32,
}

fn main() {}
