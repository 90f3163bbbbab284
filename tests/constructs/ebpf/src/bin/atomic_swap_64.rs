//! An atomic swap of 64 bits.
#![no_std]
#![no_main]
#![feature(core_intrinsics)]
#![allow(internal_features)]

use constructs_ebpf::atomic;
use core::intrinsics::{AtomicOrdering, atomic_xchg};

atomic!(u64, |cell, n| {
    atomic_xchg::<u64, { AtomicOrdering::AcqRel }>(cell, n)
});
