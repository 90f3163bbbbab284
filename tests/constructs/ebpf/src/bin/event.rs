//! An event of 1.6 kB in a map: set to zero, and filled; and a static that is filled later.
#![no_std]
#![no_main]

use core::mem::MaybeUninit;

use aya_ebpf::btf_maps::PerCpuArray;
use aya_ebpf::helpers::bpf_get_current_task;
use aya_ebpf::macros::btf_map;
use bpf_core::{CoreStruct, core_read_str};
use constructs_ebpf::program;

#[derive(CoreStruct)]
struct task_struct {
    comm: [u8; 16],
}

#[derive(Clone, Copy)]
#[repr(C)]
struct Event {
    path: [u8; 512],
    comm: [u8; 16],
    words: [u64; 140],
}

const NOTHING: [u8; 512] = [0; 512];

#[btf_map]
static SCRATCH: PerCpuArray<Event, 1> = PerCpuArray::new();

static mut FILLED_LATER: MaybeUninit<[u8; 16]> = MaybeUninit::uninit();

program!(|number| {
    let Some(scratch) = SCRATCH.get_ptr_mut(0) else {
        return 1u64;
    };
    // SAFETY: the map's memory, and a static that this program alone has.
    let (event, filled) = unsafe {
        core::ptr::write_bytes(scratch, 0, 1);
        (&mut *scratch, (&raw mut FILLED_LATER).cast::<u8>())
    };
    event.path = NOTHING;
    let task = unsafe { bpf_get_current_task() } as *const task_struct;
    let Ok(comm) = core_read_str!(&mut event.comm, task, comm) else {
        return 2;
    };
    unsafe { filled.write_volatile(number as u8) };
    event.words[139] = u64::from(unsafe { filled.read_volatile() });
    event.words[139] + u64::from(!comm.is_empty())
});
