#![allow(non_camel_case_types)]

use bpf_core::*;

struct task_struct {
    pid: i32,
}

fn read(task: *const task_struct) -> Result<i32, ReadError> {
    core_read!(task, pid)
//~            ^^^^
}

fn main() {}
