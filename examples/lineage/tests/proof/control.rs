//! That the checks of [`relocations`](crate::relocations) find what is wrong.

use crate::accesses::{FROZEN, LINEAGE};
use crate::check::complaints;
use crate::kernel::Kernel;
use crate::object::Object;
use crate::resolvers;

#[test]
fn a_frozen_offset_is_found() {
    let object = Object::built("frozen");
    let records = object.records();
    for (resolver, resolve) in resolvers::all() {
        for kernel in Kernel::all() {
            let complaints = complaints(&FROZEN, &kernel, &records, &resolve(&object, &kernel));
            assert_eq!(
                complaints,
                ["byte_off task_struct.start_boottime: no relocation, the same on every kernel"],
                "{resolver}, {}",
                kernel.name
            );
        }
    }
}

#[test]
fn offsets_of_another_kernel_are_found() {
    let object = Object::built("lineage");
    let records = object.records();
    let old = Kernel::named("5.10.262-1-amd64-cloud");
    let new = Kernel::named("7.3.4-1-amd64-cloud");
    for (resolver, resolve) in resolvers::all() {
        let complaints = complaints(&LINEAGE, &new, &records, &resolve(&object, &old));
        let of_vruntime: Vec<&String> = complaints
            .iter()
            .filter(|complaint| complaint.contains("se.vruntime"))
            .collect();
        assert_eq!(of_vruntime.len(), 1, "{resolver}: {complaints:#?}");
        assert!(
            of_vruntime[0].ends_with(": 208, expected 264"),
            "{of_vruntime:?}"
        );
        // `inode.i_ino` is at the same place in both.
        let of_inode = complaints
            .iter()
            .find(|complaint| complaint.contains("i_ino"));
        assert_eq!(of_inode, None, "{resolver}");
    }
}
