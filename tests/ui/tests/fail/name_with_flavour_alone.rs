#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
#[core(name = "task_struct____v5")]
//~           ^^^^^^^^^^^^^^^^^^^
struct task {
    pid: i32,
}

#[derive(CoreStruct)]
struct ___v5 {
//~    ^^^^^
    pid: i32,
}

#[derive(CoreStruct)]
struct task_struct___ {
//~    ^^^^^^^^^^^^^^
    pid: i32,
}

fn main() {}
