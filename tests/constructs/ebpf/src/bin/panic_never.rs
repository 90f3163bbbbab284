//! A panic that the verifier can rule out.
#![no_std]
#![no_main]

use constructs_ebpf::program;

constructs_ebpf::memory!();

/// Constant to the verifier, which reads it in the map; LLVM does not know it.
static INDEX: usize = 5;

program!(|value| {
    let Some(memory) = memory() else { return 1u64 };
    let index = unsafe { (&raw const INDEX).read_volatile() };
    memory[index] = value as u8;
    assert!(index != 9, "{value} at nine");
    u64::from(memory[index]) + 10 * u64::from(index.checked_sub(3).unwrap() as u32)
});
