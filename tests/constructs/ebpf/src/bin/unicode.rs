//! `core`'s table of letters.
#![no_std]
#![no_main]

use constructs_ebpf::program;

program!(|code| {
    let Some(c) = char::from_u32(code as u32 & 0xffff) else {
        return 9u64;
    };
    u64::from(c.is_alphabetic())
});
