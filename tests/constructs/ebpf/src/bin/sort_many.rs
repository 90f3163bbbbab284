//! A sort of many numbers.
#![no_std]
#![no_main]

use constructs_ebpf::program;

constructs_ebpf::memory!();

program!(|seed| {
    let Some(memory) = memory() else { return 1u64 };
    for (index, byte) in memory[..64].iter_mut().enumerate() {
        *byte = (index as u64 * seed) as u8;
    }
    memory[..64].sort_unstable();
    u64::from(memory[63])
});
