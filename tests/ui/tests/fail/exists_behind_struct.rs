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
    #[core(optional)]
    group_leader: *const task_struct,
}

fn exists(task: *const task_struct) -> bool {
    core_field_exists!(*task, se, vruntime)
//~                             ^
}

fn main() {}
