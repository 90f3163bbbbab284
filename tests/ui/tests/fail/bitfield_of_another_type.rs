#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    #[core(bitfield)]
    comm: [u8; 16],
//~       ^^^^^^^^
    #[core(bitfield, bitfield)]
//~                  ^^^^^^^^
    in_execve: bool,
}

fn main() {}
