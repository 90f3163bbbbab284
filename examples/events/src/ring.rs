//! The ring buffer, on the side of the eBPF program.

use aya_ebpf::{
    btf_maps::{PerCpuArray, RingBuf},
    macros::btf_map,
};

use crate::Event;

// Of `Event`s, but a map that says so is one that libbpf refuses: it has two value sizes.
#[btf_map]
static EVENTS: RingBuf<(), { 256 * 1024 }> = RingBuf::new();

/// How much found no room.
#[btf_map]
static LOST: PerCpuArray<u64, 1> = PerCpuArray::new();

/// Tells an event, which `write` writes where there is room for it: all of it, as the room has bytes
/// of older ones. A pattern with all fields of `T` sees to that.
///
/// A read goes straight to its place. What would wait for the others, to be told with them, is 0 or
/// not in the eyes of the verifier; before 6.2 it follows all combinations of that, and gives up after
/// a million instructions.
#[inline(always)]
pub fn tell<T: Event>(write: impl FnOnce(&mut T)) {
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
