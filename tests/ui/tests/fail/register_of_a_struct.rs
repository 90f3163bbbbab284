#![allow(non_camel_case_types)]

use bpf_core::registers::*;
use bpf_core::*;

#[derive(CoreStruct)]
struct sock {}

fn sock(regs: *const pt_regs) -> Result<sock, ReadError> {
    pt_regs_parm::<1, sock>(regs)
//~                   ^^^^
}

fn main() {}
