#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    comm: String,
//~       ^^^^^^
    name: &'static str,
//~       ^^^^^^^^^^^^
}

fn main() {}
