//! An array that is larger than the stack.
#![no_std]
#![no_main]

use constructs_ebpf::program;

#[inline(never)]
fn large(index: usize) -> u64 {
    let mut buffer = [1u8; 600];
    buffer[index % 600] = 5;
    core::hint::black_box(&mut buffer);
    u64::from(buffer[index % 600])
}

program!(|index| { large(index as usize) });
