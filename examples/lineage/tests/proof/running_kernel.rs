//! The object in the running kernel.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::object::Object;

#[test]
fn aya_loads_it_and_every_field_is_right() {
    if !crate::is_root() {
        return crate::leave_out("`lineage --verify`", "it needs root");
    }
    let (output, text) = verify(&Object::built("lineage").path);
    assert!(output.status.success(), "{text}");
    assert!(
        text.contains("\n10 events verified, 0 with differences"),
        "{text}"
    );
}

/// The same bytes as before, by the other loader.
#[test]
fn libbpf_loads_it() {
    if !crate::is_root() {
        return crate::leave_out("`bpftool prog loadall`", "it needs root");
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bpffs");
    fs::create_dir_all(&folder).unwrap();
    // In a mount namespace of its own: all of it is gone afterwards.
    let script = "PATH=$PATH:/usr/sbin && mount -t bpf bpf \"$1\" \
                  && bpftool prog loadall \"$2\" \"$1/programs\" && ls \"$1/programs\"";
    let output = Command::new("unshare")
        .args(["--mount", "sh", "-c", script, "sh"])
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
    if !crate::is_root() {
        return crate::leave_out("`lineage --verify` of a wrong object", "it needs root");
    }
    // Both are pointers in `css_set`; only the first is to a cgroup.
    let (right, wrong) = (b"\0dfl_cgrp\0", b"\0dom_cset\0");
    let object = Object::built("lineage");
    let types = object.section(".BTF");
    let mut places = types.windows(right.len()).enumerate();
    let at = places.find_map(|(at, here)| (here == right).then_some(at));
    let at = at.expect("the field has its name in the types");
    let at = types.as_ptr().addr() - object.bytes.as_ptr().addr() + at;
    let mut bytes = object.bytes.clone();
    bytes[at..at + wrong.len()].copy_from_slice(wrong);
    let doctored = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wrong_field.o");
    fs::write(&doctored, bytes).unwrap();

    let (output, text) = verify(&doctored);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("\n  cgroup id: "), "{text}");
    assert!(
        text.contains("\n0 events verified, 10 with differences"),
        "{text}"
    );
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
