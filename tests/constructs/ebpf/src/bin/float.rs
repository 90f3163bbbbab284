//! A calculation with floats.
#![no_std]
#![no_main]

use constructs_ebpf::program;

program!(|number| { (number as f64 * 0.5) as u64 });
