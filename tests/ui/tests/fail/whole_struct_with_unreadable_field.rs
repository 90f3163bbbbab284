#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
union sigval {
    sival_int: i32,
}

#[derive(CoreStruct)]
struct sigevent {
    value: sigval,
    signo: i32,
}

#[derive(CoreStruct)]
struct timer {
    event: sigevent,
}

fn read(timer: *const timer) -> Result<sigevent, ReadError> {
    core_read!(timer, event)
//~                   ^^^^^
}

fn main() {}
