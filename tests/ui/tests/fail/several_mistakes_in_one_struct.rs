#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
#[core(name = "struct task_struct")]
//~           ^^^^^^^^^^^^^^^^^^^^
struct task {
    #[core(optinal)]
//~        ^^^^^^^
    __state: u32,
    real_parent: &'static task,
//~              ^^^^^^^^^^^^^
    cred: Option<*const cred>,
//~       ^^^^^^^^^^^^^^^^^^^
    pid: i32,
}

#[derive(CoreStruct)]
struct cred {
    uid: u32,
}

fn read(task: *const task) -> Result<i32, ReadError> {
    core_read!(task, real_parent, pid)
}

fn main() {}
