//! More arguments than eBPF has registers for.
#![no_std]
#![no_main]

use constructs_ebpf::program;

#[inline(never)]
fn sum(a: u64, b: u64, c: u64, d: u64, e: u64, f: u64) -> u64 {
    a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f
}

program!(|a, b, c, d, e, f| { sum(a, b, c, d, e, f) });
