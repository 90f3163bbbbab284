#![allow(non_camel_case_types)]
use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    mm: *const mm_struct,
    pid: i32,
}

struct mm_struct {}

fn main() {
    core_type_matches::<task_struct>();
//~                     ^^^^^^^^^^^
}
