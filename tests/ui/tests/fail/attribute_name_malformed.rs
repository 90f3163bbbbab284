#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
#[core(name("task_struct"))]
//~    ^^^^
struct task {
    #[core(name = pid)]
//~               ^^^
    process: i32,
    #[core(name)]
//~        ^^^^
    thread: i32,
    #[core(name = "tgid" optional)]
//~                      ^^^^^^^^
    group: i32,
    #[core(optional = true)]
//~                 ^
    state: u32,
}

fn main() {}
