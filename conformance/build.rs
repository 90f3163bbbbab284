//! Builds `libbpf/relocate.c` twice: with the libbpf of the system, and with that of `libbpf-sys`.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

const SOURCE: &str = "libbpf/relocate.c";

fn main() {
    println!("cargo::rerun-if-changed={SOURCE}");
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    // `include` of libbpf-sys, which `links = "bpf"`; the archive lies beside it.
    let include = PathBuf::from(env::var_os("DEP_BPF_INCLUDE").unwrap());
    let archive = include.with_file_name("libbpf.a");
    build("SYSTEM_LIBBPF", &out.join("system"), |cc| cc.arg("-lbpf"));
    build("NEWEST_LIBBPF", &out.join("newest"), |cc| {
        cc.arg("-I")
            .arg(&include)
            .arg(&archive)
            .args(["-lelf", "-lz"])
    });
}

fn build(variable: &str, program: &Path, with: impl FnOnce(&mut Command) -> &mut Command) {
    let mut cc = Command::new("cc");
    let built = with(
        cc.args(["-Wall", "-D_GNU_SOURCE", "-U_FORTIFY_SOURCE", "-O1", "-o"])
            .arg(program)
            .arg(SOURCE),
    )
    .status();
    assert!(
        built.is_ok_and(|status| status.success()),
        "{SOURCE} cannot be built: `sudo apt-get install gcc libbpf-dev` brings what it needs"
    );
    println!("cargo::rustc-env={variable}={}", program.display());
}
