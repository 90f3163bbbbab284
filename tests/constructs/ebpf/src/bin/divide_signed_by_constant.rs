//! A division of a signed number by a constant.
#![no_std]
#![no_main]

use constructs_ebpf::program;

program!(|a| { ((a as i64) / 1000 + (a as i32 as i64) % 7) as u64 });
