//! clang, which makes of C what is compared with Rust.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::process::run;

/// The processor that both compilers are told.
pub const CPU: &str = "v3";

/// Compiles one program of C. `includes`: where its own headers are.
pub fn compile(source: &Path, includes: &[&Path], defines: &[&str], object: &Path) -> Result<()> {
    let multiarch = format!("/usr/include/{}-linux-gnu", std::env::consts::ARCH);
    let mut clang = Command::new("clang-22");
    clang
        .args(["-g", "-O2", "-target", "bpf", &format!("-mcpu={CPU}")])
        .args(["-Wall", "-Werror", "-I", &multiarch])
        .args(defines);
    for folder in includes {
        clang.arg("-I").arg(folder);
    }
    run(clang.arg("-c").arg(source).arg("-o").arg(object))
}
