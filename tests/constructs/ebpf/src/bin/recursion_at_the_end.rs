//! A function that calls itself at its end, which LLVM makes a loop of.
#![no_std]
#![no_main]

use constructs_ebpf::program;

fn gcd(a: u64, b: u64, left: u32) -> u64 {
    if b == 0 || left == 0 {
        a
    } else {
        gcd(b, a % b, left - 1)
    }
}

program!(|a, b| { gcd(a, b, 20) });
