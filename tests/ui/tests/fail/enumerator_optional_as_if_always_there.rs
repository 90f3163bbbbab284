#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreEnum)]
#[repr(u32)]
enum pid_type {
    PIDTYPE_PID,
    #[core(optional)]
    PIDTYPE_MAX,
}

fn read() -> u32 {
    core_enum_value!(pid_type::PIDTYPE_MAX)
//~ ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
}

fn main() {
    read();
}
