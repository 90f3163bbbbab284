#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct upid {
    nr: i32,
}

#[derive(CoreStruct)]
struct pid {
    numbers: [upid; 4],
}

fn read(pid: *const pid) -> Result<[upid; 4], ReadError> {
    core_read!(pid, numbers)
//~                 ^^^^^^^
}

fn main() {}
