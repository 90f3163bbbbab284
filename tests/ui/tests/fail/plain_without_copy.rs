#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(Plain)]
#[repr(C)]
struct open_how {
//~    ^^^^^^^^
    flags: u64,
    mode: u64,
}

fn main() {}
