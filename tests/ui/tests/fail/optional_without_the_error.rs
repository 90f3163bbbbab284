#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    #[core(optional)]
    __state: u32,
    #[core(optional)]
    css_set: *const css_set,
}

#[derive(CoreStruct)]
struct css_set {
    refcount: u32,
}

fn read(task: *const task_struct) -> u32 {
    if let Some(state) = core_read!(task, __state) {
//~        ^^^^^^^^^^^
        return state;
    }
    0
}

fn main() {}
