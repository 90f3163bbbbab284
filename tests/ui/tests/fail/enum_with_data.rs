#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreEnum)]
#[repr(u32)]
enum pid_type {
    PIDTYPE_PID,
    PIDTYPE_TGID(u32),
//~             ^^^^^
    PIDTYPE_PGID { nr: u32 },
//~              ^^^^^^^^^^^
}

fn main() {}
