#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(Clone, Copy, Plain)]
#[repr(C)]
struct options {
    seen: bool,
//~       ^^^^
    pointer: *const u8,
//~          ^^^^^^^^^
    pointers: [*mut u8; 2],
//~           ^^^^^^^^^^^^
    nested: nested,
//~         ^^^^^^
    number: u64,
}

#[derive(Clone, Copy)]
#[repr(C)]
struct nested {
    number: u64,
}

fn main() {}
