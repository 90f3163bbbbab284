//! A multiplication of 128 bits.
#![no_std]
#![no_main]

use constructs_ebpf::program;

program!(|a, b| {
    let product = u128::from(a) * u128::from(b);
    (product >> 32) as u64
});
