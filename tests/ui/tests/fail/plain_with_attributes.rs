#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(Clone, Copy, Plain)]
#[repr(C)]
struct open_how {
    flags: u64,
    #[core(optional)]
//~        ^^^^^^^^
    mode: u64,
    #[core(name = "resolve")]
//~        ^^^^
    how: u64,
}

#[derive(Clone, Copy, Plain)]
#[repr(transparent)]
#[core(name = "__be32", typedef)]
//~           ^^^^^^^^
//~                     ^^^^^^^
struct Be32(u32);

fn read(how: *const open_how) -> Result<open_how, ReadError> {
    probe_read_kernel(how)
}

fn main() {
    let _ = read(core::ptr::null());
}
