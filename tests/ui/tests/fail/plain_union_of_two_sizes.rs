#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(Clone, Copy, Plain)]
#[repr(C)]
union address {
//~   ^^^^^^^
    v4: u32,
    v6: [u32; 4],
}

fn main() {}
