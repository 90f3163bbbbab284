#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreEnum)]
enum pid_type {
//~  ^^^^^^^^
    PIDTYPE_PID,
}

fn main() {}
