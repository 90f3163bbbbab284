#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreEnum)]
#[repr(u32)]
enum pid_type {
    #[core(name = "PIDTYPE_PID")]
//~   ^^^^^^^^^^^^^^^^^^^^^^^^^^
    Pid,
}

fn main() {}
