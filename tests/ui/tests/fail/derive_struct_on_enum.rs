#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
pub enum pid_type {
//~ ^^^^
    PIDTYPE_PID,
}

fn main() {}
