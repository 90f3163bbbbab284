//! One of two words of the context. LLVM chooses the address and loads once, which verifiers refuse before Linux 7.1.
#![no_std]
#![no_main]

use constructs_ebpf::{UNREADABLE, reads_task};

#[unsafe(no_mangle)]
#[unsafe(link_section = "raw_tp")]
pub extern "C" fn prog(context: *const u64) -> u32 {
    if !reads_task() {
        return UNREADABLE;
    }
    // SAFETY: a program of a raw tracepoint has twelve words.
    let word = |number| unsafe { *context.add(number) };
    let chosen = if word(0) > 40 { word(1) } else { word(2) };
    chosen as u32
}
