#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    cred: cred,
//~       ^^^^
}

struct cred {
    uid: u32,
}

fn main() {}
