//! A `match` with code in its arms.
#![no_std]
#![no_main]

use constructs_ebpf::program;

constructs_ebpf::memory!();

program!(|number| {
    let Some(memory) = memory() else { return 1u64 };
    match number {
        0 => memory[1] = 1,
        1 => memory[20] = 2,
        2 => memory.swap(3, 4),
        3 => memory[5] ^= 6,
        4 => memory[900] = 7,
        5 => return 55,
        6 => memory[6] = memory[7].wrapping_mul(3),
        7 => memory[8] = 8,
        _ => memory[9] = 9,
    }
    number
});
