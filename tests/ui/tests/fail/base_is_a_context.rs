#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    comm: [u8; 16],
    real_parent: *const task_struct,
}

struct ProbeContext;

fn read(ctx: &ProbeContext) -> Result<i32, ReadError> {
    core_read!(ctx, pid)
//~            ^^^
}

fn main() {}
