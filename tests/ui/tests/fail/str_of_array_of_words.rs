#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    comm: [u16; 16],
}

fn read(task: *const task_struct) -> Result<usize, ReadError> {
    let mut buf = [0; 16];
    core_read_str!(&mut buf, task, comm).map(|name| name.len())
//~                                ^^^^
}

fn main() {}
