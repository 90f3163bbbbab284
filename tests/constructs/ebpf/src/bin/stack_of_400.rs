//! An array on the stack with an index that the verifier does not bound.
#![no_std]
#![no_main]

use constructs_ebpf::program;

program!(|index| {
    let mut buffer = [1u8; 400];
    buffer[index as usize % 400] = 5;
    core::hint::black_box(&mut buffer);
    u64::from(buffer[index as usize % 400])
});
