#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(Clone, Copy, Plain)]
#[repr(C)]
struct nothing {}
//~    ^^^^^^^

fn main() {}
