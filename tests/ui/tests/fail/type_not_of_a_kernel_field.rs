#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    float: f32,
//~        ^^^
    character: char,
//~            ^^^^
    string: String,
//~         ^^^^^^
    unit: (),
//~       ^^
    tuple: (u32, u64),
//~        ^^^^^^^^^^
    reference: &'static task_struct,
//~            ^^^^^^^^^^^^^^^^^^^^
    slice: *const u8,
    array: [f64; 4],
//~        ^^^^^^^^
    option: Option<u32>,
//~         ^^^^^^^^^^^
    pid: i32,
}

fn read(task: *const task_struct) -> Result<i32, ReadError> {
    core_read!(task, pid)
}

fn main() {}
