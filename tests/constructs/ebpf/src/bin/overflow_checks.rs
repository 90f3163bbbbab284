//! Arithmetic that checks, saturates and takes absolute values.
#![no_std]
#![no_main]

use constructs_ebpf::program;

program!(|a, b| {
    let sum = (a as u32).checked_add(b as u32).map_or(1, u64::from);
    sum + u64::from((a as u8).saturating_add(200)) + u64::from((b as i8).unsigned_abs())
});
