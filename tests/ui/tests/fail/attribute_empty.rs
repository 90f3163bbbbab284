#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
    #[core()]
//~   ^^^^^^
struct task_struct {
    #[core]
//~   ^^^^
    pid: i32,
}

fn main() {}
