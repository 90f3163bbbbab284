//! Compiles C to objects, on machines that have clang and libbpf's headers.

use std::io::{Write as _, stderr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Newer ones first: what they make is what users have.
const COMPILERS: [&str; 3] = ["clang-22", "clang-19", "clang"];

/// A compiler for programs of the kernel. `None`: the tests of `what` are left out, and it is told.
pub(crate) fn find(what: &str) -> Option<&'static str> {
    static FOUND: OnceLock<Option<&'static str>> = OnceLock::new();
    *FOUND.get_or_init(|| search(what))
}

fn search(what: &str) -> Option<&'static str> {
    let compiles = |clang: &&str| {
        let mut child = Command::new(clang);
        child.args(["-target", "bpf", "-fsyntax-only", "-x", "c", "-include"]);
        child.arg(types());
        child.args(["-include", "bpf/bpf_helpers.h", "/dev/null"]);
        child.output().is_ok_and(|output| output.status.success())
    };
    let found = COMPILERS.into_iter().find(compiles);
    if found.is_none() {
        // Not by `eprintln!`, which a test that passes does not show.
        let why = "no clang that compiles for BPF, or no headers of libbpf";
        let _ = writeln!(stderr(), "LEFT OUT: {what}: {why}");
    }
    found
}

/// The linter's own header of the kernel's types.
fn types() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/front/c/builtin/vmlinux.h")
}

/// Compiles a source to an object, with the header of the linter for the kernel's types.
pub(crate) fn compile(clang: &str, source: &Path, object: &Path) {
    let folder = source.parent().expect("a folder");
    std::fs::copy(types(), folder.join("vmlinux.h")).expect("a header");
    let output = Command::new(clang)
        .args([
            "-target",
            "bpfel",
            "-mcpu=v2",
            "-O2",
            "-g",
            "-D__TARGET_ARCH_x86",
            "-c",
        ])
        .arg(source)
        .arg("-o")
        .arg(object)
        .output()
        .expect("clang");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", source.display());
}
