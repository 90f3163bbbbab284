#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreEnum)]
#[repr(u32)]
enum pid_type {
    PIDTYPE_PID,
}

#[derive(CoreStruct)]
struct task_struct {
    kind: pid_type,
    pid: i32,
}

fn read(task: *const task_struct) -> Result<i32, ReadError> {
    core_read!(task, kind, pid)
//~                      ^
}

fn main() {}
