//! The object in the running kernel.

use std::fs;
use std::path::Path;

use bpf_core_btf::Btf;
use bpf_core_btf::archive::{KernelId, Writer};
use bpf_core_btf::object::Object as Elf;
use bpf_core_portability::minimal;
use example_proof::Object;
use example_proof::running_kernel::{finds_another_field, is_right, is_right_without_btf, verify};
use rustix::system::uname;

const LOADER: &str = env!("CARGO_BIN_EXE_lineage");
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");
const CHECK: &str = "sched_process_exec";

#[test]
fn every_field_is_right() {
    if let Some(text) = is_right(LOADER, "lineage") {
        assert!(
            text.contains("\n# 10 events verified, 0 with differences"),
            "{text}"
        );
    }
}

/// A kernel that shows no BTF gets it from an archive of minimal BTF.
#[test]
fn every_field_is_right_without_the_kernels_btf() {
    if let Some(text) = is_right_without_btf(LOADER, "lineage", archive, FOLDER) {
        assert!(
            text.contains("\n# 10 events verified, 0 with differences"),
            "{text}"
        );
    }
}

/// What the object needs of the running kernel.
fn archive() -> Vec<u8> {
    let object = Object::built("lineage");
    let object = Elf::parse(&object.bytes).unwrap();
    let vmlinux = fs::read("/sys/kernel/btf/vmlinux").unwrap();
    let vmlinux = Btf::parse(&vmlinux).unwrap();
    let running = uname();
    let id = KernelId::new(
        running.release().to_str().unwrap(),
        "",
        running.machine().to_str().unwrap(),
    );
    let mut writer = Writer::new();
    writer.add(id, &minimal(&[object], &[&vmlinux]).unwrap());
    writer.finish()
}

/// An object that reads another field is loaded just as well, and `--verify` finds it out.
#[test]
fn a_wrong_field_is_found() {
    // Both are pointers in `css_set`; only the first is to a cgroup.
    let fields = ("dfl_cgrp", "dom_cset");
    if let Some(text) = finds_another_field(LOADER, "lineage", fields, CHECK, FOLDER) {
        assert!(text.contains("\n#   cgroup id: "), "{text}");
        assert!(
            text.contains("\n# 0 events verified, 10 with differences"),
            "{text}"
        );
    }
}

/// The name of a process is not empty where it cannot be read.
#[test]
fn a_failed_read_is_an_errno() {
    // A null pointer, but for a thread that writes to a file system. What the helper says of it
    // depends on the kernel: EFAULT or ERANGE.
    let fields = ("group_leader", "journal_info");
    if let Some(text) = finds_another_field(LOADER, "lineage", fields, CHECK, FOLDER) {
        for whose in ["", "parent's ", "grandparent's "] {
            let finding = format!("\n#   {whose}comm: errno ");
            assert!(text.contains(&finding), "{text}");
        }
        assert_eq!(text.matches("  ?").count(), 30, "{text}");
    }
}

#[test]
fn a_missing_object_names_the_cure() {
    let (text, code) = verify(LOADER, Path::new("/nowhere/lineage.o"));
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("no eBPF object /nowhere/lineage.o: run `cargo xtask build`"),
        "{text}"
    );
}
