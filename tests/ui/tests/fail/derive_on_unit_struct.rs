#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct file;
//~    ^^^^

fn main() {}
