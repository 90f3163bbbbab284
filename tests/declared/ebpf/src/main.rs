//! A program for each field of generated declarations. `../build.rs` writes both.
#![no_std]
#![no_main]

use core::ffi::c_void;

use bpf_core::{core_field_exists, core_field_offset};
use declared::*;

#[allow(dead_code, missing_docs, non_camel_case_types, non_snake_case)]
mod declared {
    include!(concat!(env!("OUT_DIR"), "/declared.rs"));
}

/// What a program gives where the kernel lacks its field. No field is there.
const ABSENT: u64 = u32::MAX as u64;

include!(concat!(env!("OUT_DIR"), "/programs.rs"));

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

#[unsafe(link_section = "license")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 4] = *b"GPL\0";
