//! Compiles the C half to LLVM bitcode, and gives that to the linker beside the Rust half.

use std::{env, path::PathBuf, process::Command};

/// Its LLVM must not be newer than that of `bpf-core-linker`.
const CLANG: &str = "clang-22";
const SOURCE: &str = "shim.bpf.c";

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let bitcode = out.join("shim.bc");
    let clang = env::var_os("CLANG").unwrap_or(CLANG.into());
    let status = Command::new(&clang)
        .args(["-target", "bpfel", "-O2", "-g", "-Wall", "-Werror"])
        .args(["-emit-llvm", "-c", SOURCE, "-o"])
        .arg(&bitcode)
        .status();
    match status {
        Ok(status) if status.success() => {}
        Ok(status) => panic!("{} ended with {status}", clang.display()),
        Err(error) => panic!("{} cannot be run ({error}): set CLANG", clang.display()),
    }
    println!("cargo::rustc-link-arg={}", bitcode.display());
    println!("cargo::rerun-if-changed={SOURCE}");
    println!("cargo::rerun-if-env-changed=CLANG");
}
