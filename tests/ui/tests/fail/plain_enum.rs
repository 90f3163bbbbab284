#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(Clone, Copy, Plain)]
#[repr(u32)]
pub enum pid_type {
//~ ^^^^
    PIDTYPE_PID,
}

fn main() {}
