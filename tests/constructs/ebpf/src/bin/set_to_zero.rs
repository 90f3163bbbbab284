//! Memory that is set to zero: `memset`.
#![no_std]
#![no_main]

use constructs_ebpf::program;

constructs_ebpf::memory!();

program!(|value| {
    let Some(memory) = memory() else { return 1u64 };
    memory[..512].fill(0);
    memory[7] = value as u8;
    *memory = [0; 2048];
    memory[7] += 1;
    u64::from(memory[7])
});
