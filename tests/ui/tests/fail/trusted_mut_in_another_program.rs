#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    flags: u32,
    comm: [u8; 16],
    real_parent: *const task_struct,
}

fn write(ctx: &BtfArgs) {
    let _ = TrustedMut::<task_struct>::arg(ctx, 0);
//~                                        ^^^
}

fn main() {}
