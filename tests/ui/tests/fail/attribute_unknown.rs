#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
#[core(rename = "task_struct")]
//~    ^^^^^^
struct task {
    #[core(typedef)]
//~        ^^^^^^^
    pid: i32,
}

#[derive(CoreEnum)]
#[core(optional)]
//~    ^^^^^^^^
#[repr(u32)]
enum pid_type {
    PIDTYPE_PID,
}

fn main() {}
