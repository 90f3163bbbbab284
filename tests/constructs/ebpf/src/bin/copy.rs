//! A copy of memory: `memcpy`.
#![no_std]
#![no_main]

use constructs_ebpf::program;

constructs_ebpf::memory!();

program!(|value| {
    let Some(memory) = memory() else { return 1u64 };
    memory[600] = value as u8;
    let (front, back) = memory.split_at_mut(1024);
    back.copy_from_slice(front);
    u64::from(back[600])
});
