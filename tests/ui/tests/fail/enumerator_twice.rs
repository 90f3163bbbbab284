#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreEnum)]
#[repr(u32)]
enum pid_type {
    PIDTYPE_PID,
    #[core(name = "PIDTYPE_PID")]
//~               ^^^^^^^^^^^^^
    Pid,
}

fn main() {
    let _ = core_enum_value!(pid_type::PIDTYPE_PID);
}
