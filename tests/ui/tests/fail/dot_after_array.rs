#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct zone {
    present_pages: u64,
}

#[derive(CoreStruct)]
struct pglist_data {
    node_zones: [zone; 5],
}

fn read(node: *const pglist_data) -> Result<u64, ReadError> {
    core_read!(node, node_zones.present_pages)
//~                            ^
}

fn main() {}
