#![allow(non_camel_case_types)]

use bpf_core::registers::*;
use bpf_core::*;

fn path(regs: *const pt_regs) -> Result<*const u8, ReadError> {
    pt_regs_parm_syscall::<1, *const u8>(regs)
//~                           ^^^^^^^^^
}

fn main() {}
