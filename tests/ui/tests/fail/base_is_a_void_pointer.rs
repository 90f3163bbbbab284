#![allow(non_camel_case_types)]

use bpf_core::*;

use std::ffi::c_void;

fn read(task: *const c_void) -> Result<i32, ReadError> {
    core_read!(task, pid)
//~            ^^^^
}

fn main() {}
