#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct sched_entity {
    vruntime: u64,
}

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    se: sched_entity,
    real_parent: *const task_struct,
    #[core(optional)]
    dl: sched_entity,
}

fn task(entity: *const sched_entity) -> *const task_struct {
    core_container_of!(entity, task_struct, real_parent, se)
//~                                                    ^
}

fn main() {}
