//! A static that the program changes.
#![no_std]
#![no_main]

use constructs_ebpf::program;

static mut COUNT: u64 = 40;

program!(|add| {
    let count = &raw mut COUNT;
    unsafe {
        count.write_volatile(40);
        count.write_volatile(count.read_volatile() + add);
        count.read_volatile()
    }
});
