#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct list<'a> {
//~         ^^
    next: &'a u8,
}

fn main() {}
