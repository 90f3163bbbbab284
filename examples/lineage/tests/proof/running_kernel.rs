//! The object in the running kernel.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::machine;
use crate::object::Object;

#[test]
fn aya_loads_it_and_every_field_is_right() {
    if let Some(why) = machine::refuses_verification() {
        return machine::leave_out("`lineage --verify`", why);
    }
    let (output, text) = verify(&Object::built("lineage").path);
    assert!(output.status.success(), "{text}");
    assert!(text.starts_with("1..1\n"), "{text}");
    assert!(text.ends_with("\nok 1 - sched_process_exec\n"), "{text}");
    assert!(
        text.contains("\n# 10 events verified, 0 with differences"),
        "{text}"
    );
}

/// The same bytes as before, by the other loader.
#[test]
fn libbpf_loads_it() {
    if let Some(why) = machine::refuses_the_example() {
        return machine::leave_out("`bpftool prog loadall`", why);
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bpffs");
    fs::create_dir_all(&folder).unwrap();
    // Not in a mount namespace of its own: there can be none in a plain chroot.
    let script = "PATH=$PATH:/usr/sbin && mount -t bpf bpf \"$1\" && trap 'umount \"$1\"' EXIT \
                  && bpftool prog loadall \"$2\" \"$1/programs\" && ls \"$1/programs\"";
    let output = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(&folder)
        .arg(&Object::built("lineage").path)
        .output()
        .unwrap();
    let text = text(&output);
    assert!(output.status.success(), "{text}");
    assert_eq!(text.trim(), "lineage");
}

/// An object that reads another field is loaded just as well, and `--verify` finds it out.
#[test]
fn a_wrong_field_is_found() {
    if let Some(why) = machine::refuses_verification() {
        return machine::leave_out("`lineage --verify` of a wrong object", why);
    }
    // Both are pointers in `css_set`; only the first is to a cgroup.
    let (output, text) = verify(&with_another_field("dfl_cgrp", "dom_cset"));
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("\n#   cgroup id: "), "{text}");
    assert!(
        text.contains("\n# 0 events verified, 10 with differences"),
        "{text}"
    );
}

/// The name of a process is not empty where it cannot be read.
#[test]
fn a_failed_read_is_an_errno() {
    if let Some(why) = machine::refuses_verification() {
        return machine::leave_out("`lineage --verify` of a failed read", why);
    }
    // A null pointer, but for a thread that writes to a file system. What the helper says of it
    // depends on the kernel: EFAULT or ERANGE.
    let (output, text) = verify(&with_another_field("group_leader", "journal_info"));
    assert_eq!(output.status.code(), Some(1), "{text}");
    for whose in ["", "parent's ", "grandparent's "] {
        let finding = format!("\n#   {whose}comm: errno ");
        assert!(text.contains(&finding), "{text}");
    }
    assert_eq!(text.matches("  ?").count(), 30, "{text}");
}

/// `lineage.o` with another name for a field.
fn with_another_field(field: &str, other: &str) -> PathBuf {
    assert_eq!(field.len(), other.len());
    let object = Object::built("lineage");
    let types = object.section(".BTF");
    let name = format!("\0{field}\0").into_bytes();
    let mut places = types.windows(name.len()).enumerate();
    let at = places.find_map(|(at, here)| (here == name).then_some(at + 1));
    let at = at.unwrap_or_else(|| panic!("no `{field}` in the types"));
    let at = types.as_ptr().addr() - object.bytes.as_ptr().addr() + at;
    let mut bytes = object.bytes.clone();
    bytes[at..at + other.len()].copy_from_slice(other.as_bytes());
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(other)
        .with_extension("o");
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_missing_object_names_the_cure() {
    let (output, text) = verify(Path::new("/nowhere/lineage.o"));
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("no eBPF object /nowhere/lineage.o: run `cargo xtask build`"),
        "{text}"
    );
}

fn verify(object: &Path) -> (Output, String) {
    let mut lineage = Command::new(env!("CARGO_BIN_EXE_lineage"));
    lineage.args(["--verify", "--count", "10"]).arg(object);
    let output = lineage.output().unwrap();
    let text = text(&output);
    (output, text)
}

fn text(output: &Output) -> String {
    let streams = [&output.stdout, &output.stderr].map(|stream| String::from_utf8_lossy(stream));
    streams.concat()
}
