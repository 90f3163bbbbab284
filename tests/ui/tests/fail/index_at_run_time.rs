#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    comm: [u8; 16],
    files: *const *const task_struct,
}

fn read(task: *const task_struct, at: usize, signed: i64) {
    let _ = core_read!(task, comm[signed]);
//~                               ^^^^^^
    let _ = core_read!(task, pid[at]);
//~                             ^^^^
    let _ = core_read!(task, files[at], pid);
//~                               ^^^^
    let _ = core_read!(task, comm[nowhere]);
//~                               ^^^^^^^
}

fn main() {}
