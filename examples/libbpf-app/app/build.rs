//! Builds the eBPF program, and makes its skeleton, which `main.rs` includes.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use aya_build::{Package, Toolchain};
use libbpf_cargo::SkeletonBuilder;

fn main() -> Result<()> {
    println!("cargo:rerun-if-env-changed=EBPF_TOOLCHAIN");
    let named = std::env::var("EBPF_TOOLCHAIN");
    // A nightly with `rust-src` is enough. Where rustup can fetch none, `cargo xtask setup` makes the toolchain
    // `bpf-core` of the distribution's Rust: `EBPF_TOOLCHAIN=bpf-core RUSTC_BOOTSTRAP=1 cargo build`.
    let toolchain = named
        .as_deref()
        .map_or(Toolchain::default(), Toolchain::Custom);
    let ebpf = Package {
        name: "app-ebpf",
        root_dir: "../app-ebpf",
        ..Package::default()
    };
    aya_build::build_ebpf([ebpf], toolchain)?;
    let out = PathBuf::from(std::env::var_os("OUT_DIR").context("cargo sets OUT_DIR")?);
    // libbpf-cargo wants this suffix, and names the skeleton after the file.
    let object = out.join("app.o");
    std::fs::copy(out.join("app"), &object)?;
    SkeletonBuilder::new()
        .obj(object)
        .generate(out.join("app.skel.rs"))
}
