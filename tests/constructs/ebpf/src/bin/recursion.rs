//! A function that calls itself twice.
#![no_std]
#![no_main]

use constructs_ebpf::program;

#[inline(never)]
fn fibonacci(n: u64) -> u64 {
    if n < 2 {
        n
    } else {
        fibonacci(n - 1) + fibonacci(n - 2)
    }
}

program!(|n| { fibonacci(n & 7) });
