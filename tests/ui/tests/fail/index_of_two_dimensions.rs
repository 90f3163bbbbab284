#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    matrix: [[u8; 4]; 4],
}

fn read(task: *const task_struct) -> Result<u8, ReadError> {
    core_read!(task, matrix[1, 2])
//~                          ^
}

fn main() {}
