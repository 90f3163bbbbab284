//! A static with texts, of which the length of one is read.
#![no_std]
#![no_main]

use constructs_ebpf::program;

static NAMES: [&str; 4] = ["none", "one", "three", "seven!"];

program!(|index| { NAMES[index as usize & 3].len() as u64 });
