#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
}

struct task_struct___v5 {
    state: i64,
}

fn recast(task: UserPtr<task_struct>) -> UserPtr<task_struct___v5> {
    core_recast!(task, task_struct___v5)
//~                    ^^^^^^^^^^^^^^^^
}

fn main() {}
