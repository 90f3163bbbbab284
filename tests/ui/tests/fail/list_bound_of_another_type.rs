#![allow(non_camel_case_types)]

use bpf_core::list::{hlist_node, list_head};
use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    children: list_head,
    sibling: list_head,
    node: hlist_node,
    real_parent: *const task_struct,
}

fn walk(head: *const list_head) {
    let _ = core_list_entries!(head, task_struct, sibling; 64u8);
//~                                                        ^^^^
}

fn main() {}
