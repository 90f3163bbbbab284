//! A division of 128 bits.
#![no_std]
#![no_main]

use constructs_ebpf::program;

program!(|a, b| { ((u128::from(a) << 64 | u128::from(b)) / u128::from(b | 1)) as u64 });
