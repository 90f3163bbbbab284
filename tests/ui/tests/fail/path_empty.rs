#![allow(non_camel_case_types)]

use bpf_core::*;

fn read() -> Result<i32, ReadError> {
    core_read!()
//~ ^^^^^^^^^^^^
}

fn main() {}
