#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(Clone, Copy, Plain)]
#[repr(C)]
struct open_how {
    flags: u64,
    mode: u64,
}

#[derive(CoreStruct)]
struct request {
    how: open_how,
}

fn flags(request: *const request) -> Result<u64, ReadError> {
    core_read!(request, how.flags)
//~                        ^
}

fn main() {}
