//! An index that can be out of bounds.
#![no_std]
#![no_main]

use constructs_ebpf::program;

constructs_ebpf::memory!();

program!(|index| {
    let Some(memory) = memory() else { return 1u64 };
    memory[3] = 33;
    u64::from(memory[index as usize])
});
