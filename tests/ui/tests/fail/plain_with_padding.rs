#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(Clone, Copy, Plain)]
#[repr(C)]
struct epoll_event {
//~    ^^^^^^^^^^^
    events: u32,
    data: u64,
}

fn main() {}
