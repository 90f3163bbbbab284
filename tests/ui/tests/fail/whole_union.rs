#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
union sigval {
    sival_int: i32,
    sival_ptr: *mut u8,
}

#[derive(CoreStruct)]
struct siginfo {
    value: sigval,
}

fn read(info: *const siginfo) -> Result<sigval, ReadError> {
    core_read!(info, value)
//~                  ^^^^^
}

fn main() {}
