#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct sched_entity {
    vruntime: u64,
}

#[derive(CoreStruct)]
struct task_struct {
    se: sched_entity,
    real_parent: *const task_struct,
}

fn read(task: *const task_struct) -> Result<u64, ReadError> {
    core_read!(task, vruntime)
//~                  ^^^^^^^^
}

fn main() {}
