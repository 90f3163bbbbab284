//! A division of unsigned numbers.
#![no_std]
#![no_main]

use constructs_ebpf::program;

program!(|a, b| {
    let narrow = (a as u32).checked_div(b as u32).unwrap_or(0);
    a / (b | 1) + a % (b | 1) + u64::from(narrow)
});
