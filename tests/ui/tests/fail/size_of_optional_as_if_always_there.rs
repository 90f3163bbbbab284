#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    #[core(optional)]
    state: i64,
}

fn size() -> usize {
    core_field_size!(task_struct, state)
//~ ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
}

fn main() {
    size();
}
