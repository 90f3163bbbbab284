//! A number out of text.
#![no_std]
#![no_main]

use constructs_ebpf::program;

program!(|number| {
    let text = if number == 0 { "4711" } else { "12x" };
    core::hint::black_box(text)
        .parse::<u32>()
        .map_or(9, u64::from)
});
