//! The ring buffer, on the side of the eBPF program.

use aya_ebpf::{
    btf_maps::{PerCpuArray, RingBuf},
    macros::btf_map,
};
use bpf_core::ReadError;

use crate::{Event, Reading};

// Of `Event`s, but a map that says so is one that libbpf refuses: it has two value sizes.
#[btf_map]
static EVENTS: RingBuf<(), { 256 * 1024 }> = RingBuf::new();

/// How many events found no room in `EVENTS`.
#[btf_map]
static LOST: PerCpuArray<u64, 1> = PerCpuArray::new();

/// Tells an event, which is made only where there is room for it.
#[inline(always)]
pub fn tell<T: Event>(event: impl FnOnce() -> T) {
    let Some(mut entry) = EVENTS.reserve_untyped::<T>(0) else {
        if let Some(lost) = LOST.get_ptr_mut(0) {
            // SAFETY: no other CPU has this element; where one program interrupts another, a
            // count may be missed.
            unsafe { *lost += 1 };
        }
        return;
    };
    entry.write(event());
    entry.submit(0);
}

/// What came of a read, as bytes.
#[inline(always)]
pub fn reading<T: Copy + Default>(read: Result<Option<T>, ReadError>) -> Reading<T> {
    Reading::new(read.map_err(ReadError::errno))
}
