//! An atomic addition of 64 bits, whose old value nobody asks for.
#![no_std]
#![no_main]
#![feature(core_intrinsics)]
#![allow(internal_features)]

use constructs_ebpf::atomic;
use core::intrinsics::{AtomicOrdering, atomic_xadd};

atomic!(u64, |cell, n| {
    atomic_xadd::<u64, u64, { AtomicOrdering::Relaxed }>(cell, n);
    0
});
