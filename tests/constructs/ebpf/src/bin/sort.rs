//! A sort of four numbers.
#![no_std]
#![no_main]

use constructs_ebpf::program;

program!(|a, b, c, d| {
    let mut numbers = [a, b, c, d, 5, 11];
    numbers.sort_unstable();
    numbers[0] + 100 * numbers[3] + 10000 * numbers[5]
});
