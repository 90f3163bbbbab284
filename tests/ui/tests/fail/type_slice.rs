#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct pid {
    numbers: [u64],
//~          ^^^^^
}

fn main() {}
