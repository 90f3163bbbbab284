#![allow(non_camel_case_types)]

use bpf_core::*;

struct cred {
    uid: u32,
}

#[derive(CoreStruct)]
struct task_struct {
    cred: *const cred,
}

fn read(task: *const task_struct) -> Result<u32, ReadError> {
    core_read!(task, cred, uid)
//~                      ^
}

fn main() {}
