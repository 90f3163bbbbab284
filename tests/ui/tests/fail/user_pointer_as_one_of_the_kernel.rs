#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct node {
    next: *const node,
    value: u64,
}

fn next(head: UserPtr<node>) -> Result<*const node, ReadError> {
    core_read!(head, next)
//~ ^^^^^^^^^^^^^^^^^^^^^^
}

fn main() {
    let _ = next(UserPtr::new(0));
}
