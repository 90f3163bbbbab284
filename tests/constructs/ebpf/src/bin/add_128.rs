//! An addition of 128 bits.
#![no_std]
#![no_main]

use constructs_ebpf::program;

program!(|a, b| {
    let sum = (u128::from(a) << 60) + u128::from(b);
    (sum >> 60) as u64
});
