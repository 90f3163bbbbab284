//! A `Result` of 64 bits from a function.
#![no_std]
#![no_main]

use constructs_ebpf::program;

#[inline(never)]
fn unless_nine(number: u64) -> Result<u64, u64> {
    // What is read anew cannot be worked out before.
    let number = unsafe { (&raw const number).read_volatile() };
    if number == 9 { Err(number) } else { Ok(number) }
}

fn either(result: Result<u64, u64>) -> u64 {
    result.unwrap_or_else(|error| error)
}

program!(|number| {
    let next = if number == 9 { 9 } else { number + 1 };
    either(unless_nine(number)) + either(unless_nine(next))
});
