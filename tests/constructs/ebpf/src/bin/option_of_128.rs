//! An `Option` of 128 bits from a function.
#![no_std]
#![no_main]

use constructs_ebpf::program;

#[inline(never)]
fn wide(a: u64, b: u64) -> Option<u128> {
    (a != 0).then_some(u128::from(a) << 64 | u128::from(b))
}

program!(|a, b| { wide(a, b).map_or(77, |wide| (wide >> 64) as u64 + wide as u64) });
