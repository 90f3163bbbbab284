#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(Clone, Copy, Plain)]
struct open_how {
//~    ^^^^^^^^
    flags: u64,
    mode: u64,
}

fn main() {}
