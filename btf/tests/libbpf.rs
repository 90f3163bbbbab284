//! Resolution and patching against what libbpf makes of the same records: `fixtures/*.expected`
//! is the output of `fixtures/expect.c`, which calls libbpf's own functions.

#[path = "../examples/resolve/report.rs"]
mod report;

use bpf_core_btf::object::Object;
use bpf_core_btf::{Btf, minimize};
use report::report;

const KINDS: &[u8] = include_bytes!("fixtures/kinds.bpf.o");
const SAME: &[u8] = include_bytes!("fixtures/same.btf");
const MOVED: &[u8] = include_bytes!("fixtures/moved.btf");
const KERNEL: &[u8] = include_bytes!("fixtures/kernel.bpf.o");
const LINUX_7_3: &[u8] = include_bytes!("fixtures/7.3.4-1-amd64-cloud.min.btf");

#[track_caller]
fn agrees(object: &[u8], target: &[u8], expected: &str) {
    let target = Btf::parse(target).unwrap();
    let (lines, _) = report(&Object::parse(object).unwrap(), &target).unwrap();
    for (ours, theirs) in lines.lines().zip(expected.lines()) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(lines.lines().count(), expected.lines().count());
}

#[test]
fn same_layout() {
    agrees(KINDS, SAME, include_str!("fixtures/same.expected"));
}

#[test]
fn everything_moved() {
    agrees(KINDS, MOVED, include_str!("fixtures/moved.expected"));
}

#[test]
fn linux_5_10_amd64() {
    agrees(
        KERNEL,
        include_bytes!("fixtures/5.10.223-1-amd64-cloud.min.btf"),
        include_str!("fixtures/5.10.223-1-amd64-cloud.expected"),
    );
}

#[test]
fn linux_6_12_arm64() {
    agrees(
        KERNEL,
        include_bytes!("fixtures/6.12.117-1-arm64-cloud.min.btf"),
        include_str!("fixtures/6.12.117-1-arm64-cloud.expected"),
    );
}

#[test]
fn linux_7_3_amd64() {
    agrees(
        KERNEL,
        LINUX_7_3,
        include_str!("fixtures/7.3.4-1-amd64-cloud.expected"),
    );
}

/// By a libbpf of a big-endian machine, as are those of Linux for s390x below.
#[test]
fn everything_moved_in_big_endian() {
    agrees(
        include_bytes!("fixtures/kinds.bpfeb.o"),
        include_bytes!("fixtures/moved.bpfeb.btf"),
        include_str!("fixtures/moved.bpfeb.expected"),
    );
}

#[test]
fn linux_6_12_s390x() {
    agrees(
        include_bytes!("fixtures/kernel.bpfeb.o"),
        include_bytes!("fixtures/6.12.107-1-s390x.min.btf"),
        include_str!("fixtures/6.12.107-1-s390x.expected"),
    );
}

/// Records, their values and their patches; target ids and indices are new in a minimal BTF.
fn without_target_ids(lines: &str) -> Vec<String> {
    lines
        .lines()
        .map(|line| {
            let Some((local, rest)) = line.split_once(" => ") else {
                return line.to_owned();
            };
            let (target, value) = rest.split_once(" : ").unwrap();
            let found = if target == "-" { "missing" } else { "found" };
            if local.contains("<target_type_id>") {
                return format!("{local} {found}");
            }
            format!("{local} {found} {value}")
        })
        .collect()
}

#[test]
fn minimal_btf_resolves_the_same() {
    for (object, full) in [
        (KINDS, SAME),
        (KINDS, MOVED),
        (KERNEL, SAME),
        (KINDS, LINUX_7_3),
    ] {
        let target = Btf::parse(full).unwrap();
        let object = Object::parse(object).unwrap();
        let (lines, uses) = report(&object, &target).unwrap();
        let minimal = minimize(target.endian(), &[&target], uses);
        assert!(minimal.len() < full.len());
        let (again, _) = report(&object, &Btf::parse(&minimal).unwrap()).unwrap();
        assert_eq!(without_target_ids(&again), without_target_ids(&lines));
    }
}
