#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct sched_entity {
    vruntime: u64,
    #[core(optional)]
    vlag: i64,
}

#[derive(CoreStruct)]
struct task_struct {
    se: sched_entity,
}

fn read(task: *const task_struct) -> Result<sched_entity, ReadError> {
    core_read!(task, se)
//~                  ^^
}

fn main() {}
