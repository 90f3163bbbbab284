#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreEnum)]
pub struct task_struct {
//~ ^^^^^^
    pid: i32,
}

#[derive(CoreEnum)]
pub union sigval {
//~ ^^^^^
    sival_int: i32,
}

fn main() {}
