//! An atomic swap of 64 bits.
#![no_std]
#![no_main]
#![feature(core_intrinsics)]
#![allow(internal_features)]

use constructs_ebpf::program;
use core::intrinsics::AtomicOrdering;

static mut CELL: u64 = 5;

program!(|n| {
    let cell = &raw mut CELL;
    unsafe {
        cell.write_volatile(5);
        let old: u64 =
            core::intrinsics::atomic_xchg::<u64, { AtomicOrdering::AcqRel }>(cell, n as u64);
        u64::from(cell.read_volatile()) * 100 + u64::from(old)
    }
});
