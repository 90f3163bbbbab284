//! A `match` of strings.
#![no_std]
#![no_main]

use constructs_ebpf::program;

program!(|number| {
    let word = if number == 0 { "read" } else { "write" };
    match core::hint::black_box(word) {
        "open" => 1,
        "read" => 2,
        "write" => 3,
        _ => 4,
    }
});
