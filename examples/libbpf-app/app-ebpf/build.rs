//! Has cargo link again when the linker has changed.

use std::path::Path;

const LINKER: &str = "bpf-core-linker";

fn main() {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found = std::env::split_paths(&path).map(|folder| folder.join(LINKER));
    match found.find(|linker: &std::path::PathBuf| Path::exists(linker)) {
        Some(linker) => println!("cargo:rerun-if-changed={}", linker.display()),
        None => println!("cargo:warning=`{LINKER}` is not in PATH: `cargo xtask build` makes it"),
    }
}
