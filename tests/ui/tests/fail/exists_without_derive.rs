#![allow(non_camel_case_types)]

use bpf_core::*;

struct task_struct {
    pid: i32,
}

fn exists() -> bool {
    core_field_exists!(task_struct, pid)
//~                    ^^^^^^^^^^^
}

fn main() {}
