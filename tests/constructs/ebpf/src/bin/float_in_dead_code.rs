//! A calculation with floats that is never done.
#![no_std]
#![no_main]

use constructs_ebpf::program;

#[inline(never)]
fn half(number: u64) -> u64 {
    (number as f64 * 0.5) as u64
}

program!(|number| {
    if core::hint::black_box(false) && cfg!(any()) {
        return half(number);
    }
    number / 2
});
