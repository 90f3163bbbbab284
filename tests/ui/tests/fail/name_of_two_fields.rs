#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    #[core(name = "pid")]
//~               ^^^^^
    process: i32,
    #[core(name = "tgid")]
    thread_group: i32,
    tgid: i32,
//~ ^^^^
}

fn main() {}
