//! An `unwrap` that can fail.
#![no_std]
#![no_main]

use constructs_ebpf::program;

program!(|a| {
    let some = (a != 9).then_some(a);
    some.unwrap() + some.expect("not nine")
});
