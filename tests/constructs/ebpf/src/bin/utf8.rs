//! Characters out of text.
#![no_std]
#![no_main]

use constructs_ebpf::program;

program!(|number| {
    let text = if number == 0 { "gr\u{fc}n" } else { "rot" };
    text.chars().filter(|c| *c != 'r').count() as u64
});
