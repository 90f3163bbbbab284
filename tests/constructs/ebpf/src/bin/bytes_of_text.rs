//! Bytes out of text, counted.
#![no_std]
#![no_main]

use constructs_ebpf::program;

const LONGEST: usize = 8;

program!(|number| {
    let text = if number == 0 { "gr\u{fc}n" } else { "rot" };
    let bytes = text.as_bytes();
    let mut count = 0u64;
    for index in 0..LONGEST {
        let Some(byte) = bytes.get(index) else { break };
        count += u64::from(*byte != b'r');
    }
    count
});
