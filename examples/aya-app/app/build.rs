//! Builds the eBPF program, which `main.rs` includes.

use anyhow::Result;
use aya_build::{Package, Toolchain};

fn main() -> Result<()> {
    println!("cargo:rerun-if-env-changed=EBPF_TOOLCHAIN");
    let named = std::env::var("EBPF_TOOLCHAIN");
    // bpf-core: a nightly with `rust-src` is enough. Where rustup can fetch none, `cargo xtask setup` makes the
    // toolchain `bpf-core` of the distribution's Rust: `EBPF_TOOLCHAIN=bpf-core RUSTC_BOOTSTRAP=1 cargo build`.
    let toolchain = named
        .as_deref()
        .map_or(Toolchain::default(), Toolchain::Custom);
    let ebpf = Package {
        name: "app-ebpf",
        root_dir: "../app-ebpf",
        ..Package::default()
    };
    aya_build::build_ebpf([ebpf], toolchain)
}
