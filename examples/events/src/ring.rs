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

/// How much found no room.
#[btf_map]
static LOST: PerCpuArray<u64, 1> = PerCpuArray::new();

/// Tells an event, which is made only where there is room for it.
#[inline(always)]
pub fn tell<T: Event>(event: impl FnOnce() -> T) {
    let Some(mut entry) = EVENTS.reserve_untyped::<T>(0) else {
        return lost();
    };
    entry.write(event());
    entry.submit(0);
}

/// As [`tell`], for an event with many readings: `fill` puts each into `unread` once it is made.
///
/// What waits for the others, to be told with them, is 0 or not in the eyes of the verifier. Before
/// 6.2 it follows all combinations of that, and gives up after a million instructions.
#[inline(always)]
pub fn tell_one_by_one<T: Event>(unread: T, fill: impl FnOnce(&mut T)) {
    let Some(mut entry) = EVENTS.reserve_untyped::<T>(0) else {
        return lost();
    };
    fill(entry.write(unread));
    entry.submit(0);
}

/// Tells an event that is written where there is room for it. What is not written stays as it was.
#[inline(always)]
pub fn tell_in_place<T: Event>(write: impl FnOnce(&mut T)) {
    let Some(mut entry) = EVENTS.reserve_untyped::<T>(0) else {
        return lost();
    };
    // SAFETY: the room has bytes, of events before if of nothing else, and all bytes are a `T`.
    write(unsafe { entry.assume_init_mut() });
    entry.submit(0);
}

/// Counts something that is not told, as a map has no room.
#[inline(always)]
pub fn lost() {
    if let Some(lost) = LOST.get_ptr_mut(0) {
        // SAFETY: no other CPU has this element; where one program interrupts another, one may be
        // missed.
        unsafe { *lost += 1 };
    }
}

/// What came of a read, as bytes.
#[inline(always)]
pub fn reading<T: Copy + Default>(read: Result<Option<T>, ReadError>) -> Reading<T> {
    Reading::new(read.map_err(ReadError::errno))
}
