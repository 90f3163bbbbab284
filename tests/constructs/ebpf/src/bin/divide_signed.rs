//! A division of signed numbers.
#![no_std]
#![no_main]

use constructs_ebpf::program;

program!(|a, b| {
    let (a, b) = (a as i64, b as i64);
    if b == 0 || b == -1 {
        return 0;
    }
    (a / b + a % b) as u64
});
