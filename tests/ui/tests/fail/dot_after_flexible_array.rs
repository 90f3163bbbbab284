#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct upid {
    nr: i32,
}

#[derive(CoreStruct)]
struct pid {
    numbers: [upid; 0],
}

fn read(pid: *const pid) -> Result<i32, ReadError> {
    core_read!(pid, numbers.nr)
//~                        ^
}

fn main() {}
