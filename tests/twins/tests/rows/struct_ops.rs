//! Writes to a struct of the kernel, where that has one for tests.

use std::collections::BTreeSet;
use std::fs;

use bpf_core_btf::{Btf, Kind};

use crate::loaded::dummy_ops::DummyOps;
use crate::machine;

/// What a program returns where the kernel does not have what it writes to.
const ABSENT: i32 = -1;

/// A program, what is in the state before, what it returns, and what is in the state then.
const ROWS: [(&str, i32, i32, i32); 9] = [
    ("write", 21, 0, 42),
    ("write", -21, 0, -42),
    ("write_optional", 21, 0, -79),
    ("write_missing", 21, ABSENT, 21),
    // The most and the least that 32 bits hold, and beyond.
    ("write_any_size", 7, 0, 0x7000_0000),
    ("write_any_size", 8, -libc::ERANGE, 8),
    ("write_any_size", -8, 0, i32::MIN),
    ("write_any_size", -9, -libc::ERANGE, -9),
    ("write_any_size", 16, -libc::ERANGE, 16),
];

/// Why the object cannot be loaded here.
fn refused() -> Option<&'static str> {
    machine::refuses_programs().or_else(|| {
        let btf = fs::read(machine::BTF).unwrap();
        let btf = Btf::parse(&btf).unwrap();
        // What libbpf looks for: the map's value.
        let ops = btf.find_by_name_kind("bpf_struct_ops_bpf_dummy_ops", Kind::Struct);
        ops.is_none()
            .then_some("the kernel has no `bpf_dummy_ops`, which is from Linux 5.16")
    })
}

#[test]
fn both_halves_write() {
    if let Some(why) = refused() {
        return machine::leave_out("writes to a struct of the kernel", why);
    }
    let table: BTreeSet<&str> = ROWS.into_iter().map(|(program, ..)| program).collect();
    for loaded in DummyOps::both_halves() {
        let name = loaded.name;
        assert_eq!(loaded.programs().collect::<BTreeSet<_>>(), table, "{name}");
        for (program, before, returned, after) in ROWS {
            let answer = loaded.run(program, before);
            assert_eq!(answer, (returned, after), "{name}, {program} of {before}");
        }
    }
}
