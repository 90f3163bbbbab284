//! Text that `core::fmt` makes.
#![no_std]
#![no_main]

use constructs_ebpf::program;
use core::fmt::Write;

struct Line {
    bytes: [u8; 32],
    len: usize,
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        for byte in text.bytes() {
            *self.bytes.get_mut(self.len).ok_or(core::fmt::Error)? = byte;
            self.len += 1;
        }
        Ok(())
    }
}

program!(|a| {
    let mut line = Line {
        bytes: [0; 32],
        len: 0,
    };
    let _ = write!(line, "{a}");
    line.len as u64
});
