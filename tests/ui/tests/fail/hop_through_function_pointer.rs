#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct timer_list {
    function: Option<unsafe extern "C" fn(*mut timer_list)>,
}

fn read(timer: *const timer_list) -> Result<u64, ReadError> {
    core_read!(timer, function, function)
//~                           ^
}

fn main() {}
