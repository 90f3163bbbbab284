#![allow(non_camel_case_types)]

use bpf_core::registers::*;
use bpf_core::*;

#[derive(CoreStruct)]
struct sock {}

fn sock(regs: *const sock) -> Result<u64, ReadError> {
    pt_regs_rc(regs)
//~            ^^^^
}

fn main() {}
