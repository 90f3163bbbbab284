//! bpf-linker itself, which the linker is compared with.

use std::path::PathBuf;

use anyhow::Result;

use crate::process::{run, say};
use crate::{Setup, workspace};

/// The release that the linker uses as a library.
pub const VERSION: &str = "0.13.0";

/// Where bpf-linker is: built for this repository alone, with the linker's own LLVM.
pub fn bpf_linker(setup: &Setup) -> Result<PathBuf> {
    let folder = workspace::root().join(format!("target/peers/bpf-linker-{VERSION}"));
    let program = folder.join("bin/bpf-linker");
    if !program.exists() {
        say(format_args!(
            "building bpf-linker {VERSION} to compare with"
        ));
        let mut cargo = setup.host_cargo();
        cargo
            // Where bpf-linker's own build looks for LLVM.
            .env("LLVM_PREFIX", &setup.llvm.prefix)
            .args(["install", "--locked", "--no-default-features"])
            .args(["--features", "llvm-22", "--version", VERSION, "--root"])
            .arg(&folder)
            .arg("bpf-linker");
        run(&mut cargo)?;
    }
    Ok(program)
}
