#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct node {
    next: *const node,
    value: u64,
}

fn value(head: *const node) -> Result<u64, ReadError> {
    let address = core_field_ptr!(head, value)?;
    probe_read_user(address)
//~                 ^^^^^^^
}

fn main() {
    let _ = value(core::ptr::null());
}
