#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    flags: u32,
    comm: [u8; 16],
    real_parent: *const task_struct,
}

struct ProbeContext;

fn read(ctx: &ProbeContext) -> Option<Result<i32, ReadError>> {
    let task = TrustedPtr::<task_struct>::arg(ctx, 0)?;
//~                                           ^^^
    Some(core_read!(task, pid))
}

fn main() {}
