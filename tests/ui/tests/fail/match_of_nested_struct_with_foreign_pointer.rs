#![allow(non_camel_case_types)]
use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    se: sched_entity,
}

#[derive(CoreStruct)]
struct sched_entity {
    parent: *mut String,
}

fn main() {
    core_type_matches::<task_struct>();
//~                     ^^^^^^^^^^^
}
