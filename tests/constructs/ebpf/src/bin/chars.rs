//! Characters: from a number, to UTF-8, and to lower case.
#![no_std]
#![no_main]

use constructs_ebpf::program;

program!(|code| {
    let Some(c) = char::from_u32(code as u32) else {
        return 0u64;
    };
    let mut buffer = [0; 4];
    let length = c.encode_utf8(&mut buffer).len() as u64;
    length + 10 * u64::from(c.is_ascii_uppercase()) + 100 * u64::from(c.to_ascii_lowercase() as u32)
});
