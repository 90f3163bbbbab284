//! A `match` of numbers to numbers.
#![no_std]
#![no_main]

use constructs_ebpf::program;

program!(|number| {
    match number {
        0 => 17,
        1 => 4,
        2 => 99,
        3 => 5,
        4 => 12,
        5 => 3,
        6 => 41,
        7 => 8,
        _ => 0,
    }
});
