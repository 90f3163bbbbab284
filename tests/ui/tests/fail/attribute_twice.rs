#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
#[core(name = "task_struct", name = "task")]
//~                          ^^^^
struct task {
    #[core(optional)]
    #[core(optional)]
//~        ^^^^^^^^
    pid: i32,
}

fn main() {}
