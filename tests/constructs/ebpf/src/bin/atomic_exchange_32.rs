//! An atomic comparison and exchange of 32 bits.
#![no_std]
#![no_main]
#![feature(core_intrinsics)]
#![allow(internal_features)]

use constructs_ebpf::atomic;
use core::intrinsics::{AtomicOrdering, atomic_cxchg};

atomic!(u32, |cell, n| {
    atomic_cxchg::<u32, { AtomicOrdering::SeqCst }, { AtomicOrdering::Relaxed }>(cell, 5, n).0
});
