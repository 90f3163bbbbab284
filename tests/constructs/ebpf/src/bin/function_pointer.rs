//! A call through a table of functions.
#![no_std]
#![no_main]

use constructs_ebpf::program;

#[inline(never)]
fn twice(n: u64) -> u64 {
    n * 2
}

#[inline(never)]
fn thrice(n: u64) -> u64 {
    n * 3
}

static TABLE: [fn(u64) -> u64; 2] = [twice, thrice];

program!(|which, n| { core::hint::black_box(TABLE[which as usize & 1])(n) });
