//! Whole objects that clang made: the resolver's programs are libbpf's, to the byte.

use bpf_core_conformance::libbpf::{Answer, NEWEST, SYSTEM};
use bpf_core_conformance::ours;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../btf/tests/fixtures/", $name))
    };
}

#[track_caller]
fn agree(object: &[u8], kernel: &[u8]) {
    let ours = ours::relocate(object, kernel, &[]).unwrap();
    assert!(!ours.is_empty());
    for libbpf in [NEWEST, SYSTEM] {
        let Answer { programs, log, .. } = libbpf.relocate(object, kernel, &[]);
        let mut programs = programs.unwrap_or_else(|errno| panic!("{errno}\n{log}"));
        assert!(ours.keys().eq(programs.keys()));
        for (name, program) in &mut programs {
            take_maps_back(program, &ours[name]);
            assert_eq!(*program, ours[name], "{name} by {}\n{log}", libbpf.name);
        }
    }
}

/// libbpf also puts maps into the programs, which is no relocation of types: those are 64-bit loads
/// with a source register.
fn take_maps_back(program: &mut [u8], other: &[u8]) {
    let mut at = 0;
    while at < program.len() {
        let length = if program[at] == 0x18 { 16 } else { 8 };
        if length == 16 && program[at + 1] >> 4 != 0 {
            program[at..at + 16].copy_from_slice(&other[at..at + 16]);
        }
        at += length;
    }
}

#[test]
fn every_kind_on_its_own_types() {
    agree(fixture!("kinds.bpf.o"), fixture!("same.btf"));
}

#[test]
fn fields_of_kernels() {
    for kernel in [
        fixture!("5.10.223-1-amd64-cloud.min.btf").as_slice(),
        fixture!("6.12.117-1-arm64-cloud.min.btf"),
        fixture!("7.3.4-1-amd64-cloud.min.btf"),
    ] {
        agree(fixture!("kernel.bpf.o"), kernel);
    }
}

#[test]
fn source_text_in_latin1() {
    let object = fixture!("latin1.bpf.o");
    agree(object, fixture!("7.3.4-1-amd64-cloud.min.btf"));
}

/// LLVM wrote objects before BPF had a number of its own.
#[test]
fn an_object_for_no_machine() {
    const E_MACHINE: usize = 18;
    let mut object = fixture!("kinds.bpf.o").to_vec();
    object[E_MACHINE] = 0;
    agree(&object, fixture!("same.btf"));
}
