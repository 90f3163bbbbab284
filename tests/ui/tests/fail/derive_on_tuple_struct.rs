#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct kuid_t(u32);
//~          ^^^^^

fn main() {}
