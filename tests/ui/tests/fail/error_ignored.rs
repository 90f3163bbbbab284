#![allow(non_camel_case_types)]
#![deny(unused_must_use)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    real_parent: *const task_struct,
}

fn log(error: Result<i32, ReadError>) {
    if let Err(error) = error {
        convert(error);
//~     ^^^^^^^^^^^^^^
    }
}

fn convert(error: ReadError) -> ReadError {
    error
}

fn main() {}
