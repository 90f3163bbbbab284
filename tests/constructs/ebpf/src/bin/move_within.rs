//! A copy within one array: `memmove`.
#![no_std]
#![no_main]

use constructs_ebpf::program;

constructs_ebpf::memory!();

program!(|value| {
    let Some(memory) = memory() else { return 1u64 };
    memory[40] = value as u8;
    memory.copy_within(0..800, 8);
    u64::from(memory[48])
});
