//! That the checks of `relocations.rs` find what is wrong.

use example_proof::{Example, Kernel, complaints, resolvers};

#[test]
fn a_frozen_offset_is_found() {
    let example = Example::named("frozen");
    let object = example.object();
    let records = object.records();
    for (resolver, resolve) in resolvers() {
        for kernel in Kernel::all() {
            let outcomes = resolve(&object, &kernel);
            let complaints = complaints(&example.accesses, &kernel, &records, &outcomes);
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
    let example = Example::named("lineage");
    let object = example.object();
    let records = object.records();
    let old = Kernel::named("5.10.262-1-amd64-cloud");
    let new = Kernel::named("7.3.4-1-amd64-cloud");
    for (resolver, resolve) in resolvers() {
        let outcomes = resolve(&object, &old);
        let complaints = complaints(&example.accesses, &new, &records, &outcomes);
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

/// Where a bit-field became a byte, not only the offset is another one.
#[test]
fn bits_of_another_kernel_are_found() {
    let example = Example::named("tcpconnect");
    let object = example.object();
    let records = object.records();
    let old = Kernel::named("6.1.192-2-amd64-cloud");
    let new = Kernel::named("6.12.117-1-amd64-cloud");
    for (resolver, resolve) in resolvers() {
        let outcomes = resolve(&object, &old);
        let complaints = complaints(&example.accesses, &new, &records, &outcomes);
        let shift = complaints
            .iter()
            .find(|complaint| complaint.starts_with("rshift_u64 inet_sock.sk.sk_userlocks"));
        let shift = shift.unwrap_or_else(|| panic!("{resolver}: {complaints:#?}"));
        assert!(shift.ends_with(": 60, expected 56"), "{shift}");
    }
}
