#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreEnum)]
#[repr(u32)]
enum pid_type {
    #[core(typedef)]
//~        ^^^^^^^
    PIDTYPE_PID,
    #[core(name = "PIDTYPE-TGID")]
//~               ^^^^^^^^^^^^^^
    PIDTYPE_TGID,
}

fn main() {}
