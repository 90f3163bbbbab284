//! Finds the LLVM that the linker is built with.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::ask;
use crate::system::Packages;

/// The major version that the linker is built with by default.
pub const MAJOR: u32 = 22;

/// What llvm-sys reads the prefix from; the suffix is its own release for LLVM 22.1.
pub const PREFIX_VARIABLE: &str = "LLVM_SYS_221_PREFIX";

/// The packages for what `find` looks for.
pub(crate) const PACKAGES: Packages = Packages {
    debian: "llvm-22-dev",
    fedora: Some("llvm-devel"),
    arch: Some("llvm"),
    alpine: Some("llvm22-dev"),
    nix: Some("llvmPackages_22.llvm.dev"),
    mac: Some("llvm@22"),
};

/// An LLVM with headers and a shared library to link with.
#[derive(Debug)]
pub struct Llvm {
    /// What `llvm-config --prefix` prints.
    pub prefix: PathBuf,
    /// Such as `22.1.8`.
    pub version: String,
}

/// The LLVM of the right major version: the one that the user names, Debian's, or the one in
/// `PATH`, whichever comes first and has its development files.
pub fn find() -> Option<Llvm> {
    let named = std::env::var_os(PREFIX_VARIABLE).map(|prefix| PathBuf::from(prefix).join("bin"));
    let debian = PathBuf::from(format!("/usr/lib/llvm-{MAJOR}/bin"));
    named
        .into_iter()
        .chain([debian])
        .map(|bin| bin.join("llvm-config"))
        .chain([format!("llvm-config-{MAJOR}").into(), "llvm-config".into()])
        .find_map(|llvm_config| inspect(&llvm_config))
}

fn inspect(llvm_config: &Path) -> Option<Llvm> {
    let version = ask(Command::new(llvm_config).arg("--version")).ok()?;
    if major(&version)? != MAJOR {
        return None;
    }
    let answer =
        ask(Command::new(llvm_config).args(["--prefix", "--includedir", "--libdir"])).ok()?;
    let mut lines = answer.lines().map(PathBuf::from);
    let (prefix, include, lib) = (lines.next()?, lines.next()?, lines.next()?);
    // Debian's llvm-22 brings `llvm-config` without headers and without the name that a
    // linker looks for: those come with llvm-22-dev.
    let complete = include.join("llvm-c/Core.h").exists()
        && ["libLLVM.so", "libLLVM-22.so", "libLLVM.dylib"]
            .iter()
            .any(|name| lib.join(name).exists());
    complete.then(|| Llvm {
        prefix,
        version: version.trim().to_owned(),
    })
}

/// `22` of `22.1.8`.
pub fn major(version: &str) -> Option<u32> {
    version.trim().split('.').next()?.parse().ok()
}
