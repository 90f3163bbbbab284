#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct node {
    next: *const node,
    value: u64,
}

fn value(address: UserPtr<u64>) -> Result<u64, ReadError> {
    probe_read_kernel(address)
//~                   ^^^^^^^
}

fn main() {
    let _ = value(UserPtr::new(0));
}
