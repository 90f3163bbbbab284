#![allow(non_camel_case_types)]

use bpf_core::registers::*;
use bpf_core::*;

fn ninth(regs: *const pt_regs) -> Result<u64, ReadError> {
    pt_regs_parm::<9, u64>(regs)
//~                ^
}

fn none(regs: *const pt_regs) -> Result<u64, ReadError> {
    pt_regs_parm_syscall::<0, u64>(regs)
//~                        ^
}

fn main() {}
