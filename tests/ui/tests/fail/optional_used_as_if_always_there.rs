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

fn read(task: *const task_struct) -> Result<bool, ReadError> {
    let state = core_read!(task, __state)?;
    Ok(state == 1)
//~             ^
}

fn main() {}
