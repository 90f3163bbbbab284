#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct list<T> {
//~         ^
    next: *const T,
}

fn main() {}
