//! A static with texts, of which one is read.
#![no_std]
#![no_main]

use constructs_ebpf::program;

static NAMES: [&str; 4] = ["none", "one", "three", "seven!"];

program!(|index| {
    let name = NAMES[index as usize & 3].as_bytes();
    u64::from(name[0])
});
