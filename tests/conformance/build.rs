//! Builds `libbpf/relocate.c` twice: with the libbpf of the system, and with that of `libbpf-sys`. With the
//! latter, `libbpf/verify.c` too.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

const RELOCATE: &str = "libbpf/relocate.c";
const VERIFY: &str = "libbpf/verify.c";

fn main() {
    println!("cargo::rerun-if-changed={RELOCATE}");
    println!("cargo::rerun-if-changed={VERIFY}");
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    // `include` of libbpf-sys, which `links = "bpf"`; the archive lies beside it.
    let include = PathBuf::from(env::var_os("DEP_BPF_INCLUDE").unwrap());
    let archive = include.with_file_name("libbpf.a");
    let newest = |cc: &mut Command| {
        cc.arg("-I")
            .arg(&include)
            .arg(&archive)
            .args(["-lelf", "-lz"]);
    };
    let system = |cc: &mut Command| {
        cc.arg("-lbpf");
    };
    build("SYSTEM_LIBBPF", RELOCATE, &out.join("system"), system);
    build("NEWEST_LIBBPF", RELOCATE, &out.join("newest"), newest);
    build("VERIFY", VERIFY, &out.join("verify"), newest);
}

fn build(variable: &str, source: &str, program: &Path, with: impl FnOnce(&mut Command)) {
    let mut cc = Command::new("cc");
    cc.args(["-Wall", "-D_GNU_SOURCE", "-U_FORTIFY_SOURCE", "-O1", "-o"])
        .arg(program)
        .arg(source);
    with(&mut cc);
    assert!(
        cc.status().is_ok_and(|status| status.success()),
        "{source} cannot be built: `sudo apt-get install gcc libbpf-dev` brings what it needs"
    );
    println!("cargo::rustc-env={variable}={}", program.display());
}
