#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    uid: kuid_t,
//~      ^^^^^^
}

fn read(task: *const task_struct) -> Result<i32, ReadError> {
    core_read!(task, uid)
}

fn main() {}
