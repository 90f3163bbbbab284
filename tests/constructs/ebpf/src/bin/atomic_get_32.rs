//! The old value of an atomic addition of 32 bits.
#![no_std]
#![no_main]
#![feature(core_intrinsics)]
#![allow(internal_features)]

use constructs_ebpf::atomic;
use core::intrinsics::{AtomicOrdering, atomic_xadd};

atomic!(u32, |cell, n| {
    atomic_xadd::<u32, u32, { AtomicOrdering::SeqCst }>(cell, n)
});
