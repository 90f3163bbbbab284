#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    comm: [u8; 16],
    groups: [group; 4],
    parent: *const task_struct,
}

#[derive(CoreStruct)]
struct group {
    ids: [u32; 8],
}

fn read(task: *const task_struct) -> Result<(u8, u32), ReadError> {
    Ok((
        core_read!(task, parent, comm[-1])?,
//~                                   ^^
        core_read!(task, groups[1.5].ids[2..])?,
//~                             ^^^
//~                                      ^^^
    ))
}

fn main() {}
