//! A static with numbers.
#![no_std]
#![no_main]

use constructs_ebpf::program;

static SQUARES: [u32; 8] = [0, 1, 4, 9, 16, 25, 36, 49];

program!(|index| { u64::from(SQUARES[index as usize & 7]) });
