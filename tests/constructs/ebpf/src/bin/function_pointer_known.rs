//! A call of a function that the compiler knows, by a pointer.
#![no_std]
#![no_main]

use constructs_ebpf::program;

fn apply(f: fn(u64) -> u64, n: u64) -> u64 {
    f(n)
}

program!(|n| { apply(|n| n + 1, n) + apply(|n| n * 2, n) });
