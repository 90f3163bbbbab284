#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreEnum)]
#[repr(u32)]
enum state<const N: usize> {
//~        ^^^^^^^^^^^^^^
    RUNNING,
}

fn main() {}
