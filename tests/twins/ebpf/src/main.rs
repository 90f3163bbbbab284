//! The Rust half of the twins: `../c` is the other, file by file and program by program.
//!
//! Each program asks one thing about what its argument points to, and ends with [`Answer::give`].
#![no_std]
#![no_main]
#![allow(non_camel_case_types, missing_docs)]

#[macro_use]
mod row;
#[macro_use]
mod new_tasks;

mod arguments;
mod bitfields;
mod enums;
mod fields;
mod flavours;
mod kernel;
mod lists;
mod probes;
mod reads;
mod registers;
mod strings;
mod trusted;
mod types;
mod user;
mod values;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[unsafe(link_section = "license")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 13] = *b"Dual MIT/GPL\0";
