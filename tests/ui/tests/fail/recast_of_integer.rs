#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
}

fn recast(task: u64) {
    core_recast!(task, task_struct);
//~              ^^^^
}

fn main() {}
