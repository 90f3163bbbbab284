//! Iterators of slices, and adaptors of them.
#![no_std]
#![no_main]

use constructs_ebpf::program;

constructs_ebpf::memory!();

program!(|seed| {
    let Some(memory) = memory() else { return 1u64 };
    for (index, byte) in memory.iter_mut().take(64).enumerate() {
        *byte = (index as u64 + seed) as u8;
    }
    let (front, back) = memory[..64].split_at(32);
    let zipped: u64 = front
        .iter()
        .zip(back)
        .map(|(a, b)| u64::from(*a) * u64::from(*b))
        .sum();
    let odd = memory[..64]
        .iter()
        .rev()
        .step_by(3)
        .filter(|byte| **byte % 2 == 1)
        .count();
    let chunks: u64 = memory[..64]
        .chunks_exact(8)
        .map(|c| u64::from(c[7]))
        .max()
        .unwrap_or(0);
    let windows = memory[..16].windows(2).all(|pair| pair[0] < pair[1]);
    zipped + odd as u64 + chunks + u64::from(windows)
});
