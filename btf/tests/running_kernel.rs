//! The running kernel's own BTF, where there is one to read.

use std::time::Instant;

use bpf_core_btf::{Btf, Kind};

const VMLINUX: &str = "/sys/kernel/btf/vmlinux";

#[test]
fn parses_and_finds_task_struct() {
    let Ok(bytes) = std::fs::read(VMLINUX) else {
        eprintln!("skipped: {VMLINUX} is not readable");
        return;
    };
    let start = Instant::now();
    let btf = Btf::parse(&bytes).unwrap();
    let parsed = start.elapsed();
    let start = Instant::now();
    let task = btf.find_by_name_kind("task_struct", Kind::Struct).unwrap();
    println!(
        "{} types: parse {parsed:?}, first lookup {:?}",
        btf.type_count(),
        start.elapsed()
    );
    assert!(task.members().any(|member| member.name == "pid"));
    assert_eq!(btf.resolve_size(task.id()), task.size());
}
