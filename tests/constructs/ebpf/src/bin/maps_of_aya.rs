//! Maps as aya declared them before BTF, and a copy into one.
#![no_std]
#![no_main]

use aya_ebpf::macros::map;
use aya_ebpf::maps::{PerCpuArray, RingBuf};
use constructs_ebpf::program;

#[map]
static PATH: PerCpuArray<[u8; 512]> = PerCpuArray::with_max_entries(1, 0);

#[map]
static EVENTS: RingBuf = RingBuf::with_byte_size(65536, 0);

program!(|number| {
    let Some(path) = PATH.get_ptr_mut(0) else {
        return 1u64;
    };
    // SAFETY: the map's memory.
    let path = unsafe { &mut *path };
    *path = [0; 512];
    path[300] = number as u8;
    let answer = u64::from(path[300]);
    if let Some(mut room) = EVENTS.reserve::<[u8; 512]>(0) {
        room.write(*path);
        room.submit(0);
    }
    answer
});
