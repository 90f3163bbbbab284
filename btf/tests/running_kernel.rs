//! The running kernel's own BTF, where there is one to read.

use std::collections::HashMap;
use std::io::{Write as _, stderr};
use std::process::Command;

#[path = "../examples/resolve/report.rs"]
mod report;

use bpf_core_btf::object::Object;
use bpf_core_btf::{Btf, Kind};

const VMLINUX: &str = "/sys/kernel/btf/vmlinux";

/// Not by `eprintln!`, which a test that passes does not show.
fn leave_out(why: &str) {
    let _ = writeln!(stderr(), "LEFT OUT: the running kernel's types: {why}");
}

fn vmlinux() -> Option<Vec<u8>> {
    let bytes = std::fs::read(VMLINUX).ok();
    if bytes.is_none() {
        leave_out(&format!("{VMLINUX} is not readable"));
    }
    bytes
}

#[test]
fn task_struct_is_found() {
    let Some(bytes) = vmlinux() else { return };
    let btf = Btf::parse(&bytes).unwrap();
    let task = btf.find_by_name_kind("task_struct", Kind::Struct).unwrap();
    assert!(task.members().any(|member| member.name == "pid"));
    assert_eq!(btf.resolve_size(task.id()), task.size());
    let object = Object::parse(include_bytes!("fixtures/kernel.bpf.o")).unwrap();
    let (lines, _) = report::report(&object, &btf).unwrap();
    assert!(lines.lines().count() > 0);
}

/// `[123] STRUCT 'name' ...` of every type, in bpftool's plain format.
#[test]
fn bpftool_sees_the_same_types() {
    let Some(bytes) = vmlinux() else { return };
    let dump = Command::new("bpftool")
        .args(["btf", "dump", "file", VMLINUX])
        .output();
    let Ok(dump) = dump.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()) else {
        leave_out("bpftool does not run");
        return;
    };
    let theirs: HashMap<u32, (String, &str)> = dump
        .lines()
        .filter_map(|line| {
            let (id, rest) = line.strip_prefix('[')?.split_once("] ")?;
            let (kind, rest) = rest.split_once(' ')?;
            let name = rest.strip_prefix('\'')?.split_once('\'')?.0;
            Some((id.parse().ok()?, (kind.to_lowercase(), name)))
        })
        .collect();
    if theirs.is_empty() {
        leave_out("bpftool dumps nothing");
        return;
    }
    let btf = Btf::parse(&bytes).unwrap();
    assert_eq!(theirs.len(), btf.types().len());
    for ty in btf.types() {
        let name = if ty.name().is_empty() {
            "(anon)"
        } else {
            ty.name()
        };
        let (kind, their_name) = &theirs[&ty.id().0];
        assert_eq!((&ty.kind().to_string(), name), (kind, *their_name), "{ty}");
    }
}
