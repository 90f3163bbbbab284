//! A function that is defined nowhere.
#![no_std]
#![no_main]

use constructs_ebpf::program;

unsafe extern "C" {
    fn somewhere(n: u64) -> u64;
}

program!(|n| { unsafe { somewhere(n) } });
