//! An atomic addition of 32 bits, whose old value nobody asks for.
#![no_std]
#![no_main]
#![feature(core_intrinsics)]
#![allow(internal_features)]

use constructs_ebpf::atomic;
use core::intrinsics::{AtomicOrdering, atomic_xadd};

atomic!(u32, |cell, n| {
    atomic_xadd::<u32, u32, { AtomicOrdering::Relaxed }>(cell, n);
    0
});
