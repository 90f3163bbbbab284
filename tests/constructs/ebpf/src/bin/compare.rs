//! A comparison of memory: `memcmp`.
#![no_std]
#![no_main]

use constructs_ebpf::program;

constructs_ebpf::memory!();

program!(|value| {
    let Some(memory) = memory() else { return 9u64 };
    memory.fill(0);
    memory[99] = value as u8;
    let (front, back) = memory.split_at(1024);
    u64::from(front == back)
});
