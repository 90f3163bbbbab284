//! An assertion that can fail.
#![no_std]
#![no_main]

use constructs_ebpf::program;

program!(|a| {
    assert!(a < 100, "{a} is too much");
    assert_eq!(a % 2, 1);
    a
});
