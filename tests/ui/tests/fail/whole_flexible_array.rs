#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct pid {
    numbers: [u32; 0],
}

fn read(pid: *const pid) -> Result<(), ReadError> {
    core_read!(pid, numbers).map(|_| ())
//~                 ^^^^^^^
}

fn main() {}
