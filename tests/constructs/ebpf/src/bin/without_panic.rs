//! What panics in other programs, decided before it happens.
#![no_std]
#![no_main]

use constructs_ebpf::program;

constructs_ebpf::memory!();

program!(|index| {
    let Some(memory) = memory() else { return 1u64 };
    memory[3] = 33;
    let Some(byte) = memory.get(index as usize) else {
        return 7;
    };
    let some = (index != 9).then_some(index);
    let Some(some) = some else { return 8 };
    u64::from(*byte) + some
});
