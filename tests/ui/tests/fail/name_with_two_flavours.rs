#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
#[core(name = "task_struct___old___v5")]
//~           ^^^^^^^^^^^^^^^^^^^^^^^^
struct task {
    pid: i32,
}

#[derive(CoreStruct)]
struct task___old___v5 {
//~    ^^^^^^^^^^^^^^^
    pid: i32,
}

fn main() {}
