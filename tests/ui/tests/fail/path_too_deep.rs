#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct matrix {
    cell: [u64; 1],
}

fn read(matrix: *const matrix) -> Result<u64, ReadError> {
    core_read!(
        matrix,
        cell[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]
            [0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]
            [0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]
            [0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]
//~                                                   ^^^
    )
}

fn main() {}
