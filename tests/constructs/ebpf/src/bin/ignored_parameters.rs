//! Parameters without names.
#![no_std]
#![no_main]

use constructs_ebpf::program;

#[inline(never)]
fn second(_: u64, n: &u64, (): (), _: u32) -> u64 {
    core::hint::black_box(*n)
}

program!(|a, b| { second(a, &b, (), a as u32) });
