//! A slice of a range that the program has checked.
#![no_std]
#![no_main]

use constructs_ebpf::program;

constructs_ebpf::memory!();

program!(|start| {
    let Some(memory) = memory() else { return 1u64 };
    memory.fill(1);
    let start = start as usize;
    if start > 100 {
        return 0;
    }
    memory[start..start + 16]
        .iter()
        .map(|byte| u64::from(*byte))
        .sum()
});
