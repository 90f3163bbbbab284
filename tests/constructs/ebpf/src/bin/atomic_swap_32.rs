//! An atomic swap of 32 bits.
#![no_std]
#![no_main]
#![feature(core_intrinsics)]
#![allow(internal_features)]

use constructs_ebpf::atomic;
use core::intrinsics::{AtomicOrdering, atomic_xchg};

atomic!(u32, |cell, n| {
    atomic_xchg::<u32, { AtomicOrdering::AcqRel }>(cell, n)
});
