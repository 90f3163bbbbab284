//! As many arguments as eBPF has registers for.
#![no_std]
#![no_main]

use constructs_ebpf::program;

#[inline(never)]
fn sum(a: u64, b: u64, c: u64, d: u64, e: u64) -> u64 {
    a + 2 * b + 3 * c + 4 * d + 5 * e
}

program!(|a, b, c, d, e| { sum(a, b, c, d, e) });
