//! Finds or installs what this repository is built and tested with, and builds its parts with it:
//! for `xtask`, `kernels`, `release` and `benches`.
//!
//! What is on this machine is found by looking at files and programs: it may come from anywhere,
//! and a second run then asks no package manager at all.
//!
//! - `llvm.rs`, `toolchain.rs`: LLVM for the linker, and a rustc for eBPF; `debian.rs` installs them
//! - `build.rs`: the linker, and the examples with it; `twins.rs`: the same programs in Rust and C;
//!   `pages.rs`: the code of the linter's pages; `constructs.rs`: programs that use one thing of Rust
//!   each; `levels.rs`: the examples and the twins at each level of optimisation; `declared.rs`: a program
//!   for each generated declaration
//! - `system.rs`: the command that installs packages on other systems than Debian
//! - `clang.rs`, `peer.rs`: the compiler and the linker that ours are compared with
//! - `kernel.rs`: whether the running kernel loads programs
//! - `process.rs`, `table.rs`, `workspace.rs`: how programs are run, how numbers are shown, and where
//!   things are

pub mod build;
pub mod clang;
pub mod constructs;
pub mod debian;
pub mod declared;
pub mod kernel;
pub mod levels;
pub mod llvm;
pub mod pages;
pub mod peer;
pub mod process;
mod system;
pub mod table;
pub mod toolchain;
pub mod twins;
pub mod workspace;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{ask, say};
use llvm::Llvm;
use system::{Packages, System};
use toolchain::Toolchain;

/// What is on this machine to build with.
#[derive(Debug)]
pub struct Setup {
    /// What the linker is built with.
    pub llvm: Llvm,
    /// What eBPF programs are compiled with.
    pub ebpf: Toolchain,
}

impl Setup {
    /// The host's `cargo`, told where LLVM is.
    pub fn host_cargo(&self) -> Command {
        let mut cargo = Command::new(toolchain::host_cargo());
        cargo.env(llvm::PREFIX_VARIABLE, &self.llvm.prefix);
        cargo
    }

    /// The folder of libclang, as `LIBCLANG_PATH` takes it.
    pub fn libclang(&self) -> Result<&'static Path> {
        let file = LIBCLANG.iter().map(Path::new).find(|file| file.exists());
        let folder = file.and_then(Path::parent);
        folder.with_context(|| format!("libclang is in none of {}", LIBCLANG.join(", ")))
    }
}

/// A file that something needs, and the packages that have it.
struct Need {
    what: &'static str,
    /// Any one of these does. A name without `/` is a program that answers to `--version`: one in
    /// `PATH` may be rustup's, for a component that is not there.
    files: &'static [&'static str],
    packages: Packages,
}

/// Where libclang 22 is, in Debian and elsewhere.
const LIBCLANG: [&str; 2] = [
    "/usr/lib/llvm-22/lib/libclang-22.so.1",
    "/usr/lib64/libclang.so.22",
];

/// What only the tests call: peers to compare with.
const TEST_NEEDS: [Need; 9] = [
    Need {
        what: "clang 22",
        files: &["clang-22"],
        packages: Packages {
            debian: "clang-22",
            alpine: Some("clang22"),
            nix: Some("llvmPackages_22.clang"),
            mac: Some("llvm@22"),
            ..Packages::everywhere("clang")
        },
    },
    // The linker takes what older compilers make of C. Debian 12 and 13 have this one.
    Need {
        what: "clang 19",
        files: &["clang-19"],
        packages: Packages {
            nix: Some("llvmPackages_19.clang"),
            mac: Some("llvm@19"),
            debian: "clang-19",
            ..Packages::everywhere("clang19")
        },
    },
    Need {
        what: "libbpf with its headers",
        files: &[
            "/usr/include/bpf/libbpf.h",
            "/usr/local/include/bpf/libbpf.h",
        ],
        packages: Packages {
            fedora: Some("libbpf-devel"),
            arch: Some("libbpf"),
            nix: Some("libbpf"),
            ..Packages::everywhere("libbpf-dev")
        },
    },
    // With these the newest libbpf is built, from the crate `libbpf-sys`.
    Need {
        what: "make",
        files: &["make"],
        packages: Packages {
            nix: Some("gnumake"),
            mac: Some("make"),
            ..Packages::everywhere("make")
        },
    },
    Need {
        what: "pkg-config",
        files: &["pkg-config"],
        packages: Packages {
            fedora: Some("pkgconf-pkg-config"),
            arch: Some("pkgconf"),
            alpine: Some("pkgconf"),
            mac: Some("pkgconf"),
            ..Packages::everywhere("pkg-config")
        },
    },
    Need {
        what: "bpftool",
        files: &["bpftool", "/usr/sbin/bpftool"],
        packages: Packages {
            arch: Some("bpf"),
            nix: Some("bpftools"),
            ..Packages::everywhere("bpftool")
        },
    },
    Need {
        what: "rust-analyzer",
        files: &["rust-analyzer"],
        packages: Packages {
            debian: "rust-web-analyzer",
            mac: Some("rust-analyzer"),
            ..Packages::everywhere("rust-analyzer")
        },
    },
    Need {
        what: "libclang",
        files: &LIBCLANG,
        packages: Packages {
            debian: "libclang1-22",
            fedora: Some("clang-libs"),
            arch: Some("clang"),
            alpine: Some("clang22-libclang"),
            nix: Some("llvmPackages_22.libclang"),
            mac: Some("llvm@22"),
        },
    },
    Need {
        what: "a browser for the linter's page",
        files: &["chromium"],
        packages: Packages {
            mac: Some("--cask chromium"),
            ..Packages::everywhere("chromium")
        },
    },
];

/// What a program is linked with that has LLVM in it, and what packs it. Archives are where Debian has them: a
/// release is built there.
const RELEASE_NEEDS: [Need; 4] = [
    Need {
        what: "libstdc++ as an archive",
        files: &["g++"],
        packages: Packages::everywhere("g++"),
    },
    Need {
        what: "zlib as an archive",
        files: &[
            "/usr/lib/aarch64-linux-gnu/libz.a",
            "/usr/lib/x86_64-linux-gnu/libz.a",
        ],
        packages: Packages::everywhere("zlib1g-dev"),
    },
    Need {
        what: "zstd as an archive",
        files: &[
            "/usr/lib/aarch64-linux-gnu/libzstd.a",
            "/usr/lib/x86_64-linux-gnu/libzstd.a",
        ],
        packages: Packages::everywhere("libzstd-dev"),
    },
    Need {
        what: "xz",
        files: &["xz"],
        packages: Packages::everywhere("xz-utils"),
    },
];

/// LLVM 22, found or installed.
fn llvm() -> Result<Llvm> {
    let llvm = match llvm::find() {
        Some(llvm) => llvm,
        None => {
            install("LLVM 22 with its development files", &[&llvm::PACKAGES]).with_context(|| {
                format!(
                    "no LLVM 22 found: the linker of a release needs none, to link programs elsewhere; \
                     to build it, set {} to what `llvm-config --prefix` prints if there is one",
                    llvm::PREFIX_VARIABLE
                )
            })?;
            llvm::find().with_context(|| {
                format!("{} did not bring a usable LLVM 22", llvm::PACKAGES.debian)
            })?
        }
    };
    say(format_args!(
        "LLVM {} in {}",
        llvm.version,
        llvm.prefix.display()
    ));
    Ok(llvm)
}

/// Set-up for building: LLVM 22 and a rustc for eBPF.
pub fn for_build() -> Result<Setup> {
    let llvm = llvm()?;
    let ebpf = match toolchain::find(&llvm) {
        Ok(ebpf) => ebpf,
        Err(refused) => {
            say("missing: a rustc that can build `core` for eBPF");
            refused
                .iter()
                .for_each(|line| say(format_args!("  not {line}")));
            toolchain::install(&llvm)
                .context("a rustc that can build `core` for eBPF is missing")?
        }
    };
    toolchain::link_in_rustup(&ebpf);
    say(format_args!(
        "{} for eBPF in {}",
        ebpf.version,
        ebpf.rustc().display()
    ));
    Ok(Setup { llvm, ebpf })
}

/// Set-up for the tests too.
pub fn for_test() -> Result<Setup> {
    let setup = for_build()?;
    bring(&TEST_NEEDS)?;
    Ok(setup)
}

/// Set-up for a linker that has LLVM in it.
pub fn for_release() -> Result<Llvm> {
    let llvm = llvm()?;
    bring(&RELEASE_NEEDS)?;
    Ok(llvm)
}

/// Installs what is missing.
fn bring(needs: &[Need]) -> Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !is_there(need)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let what: Vec<&str> = missing.iter().map(|need| need.what).collect();
    let packages: Vec<&Packages> = missing.iter().map(|need| &need.packages).collect();
    install(&what.join(", "), &packages)
}

fn install(what: &str, packages: &[&Packages]) -> Result<()> {
    say(format_args!("missing: {what}"));
    if debian::is_here() {
        let packages: Vec<&str> = packages.iter().map(|one| one.debian).collect();
        return debian::install(&packages).with_context(|| format!("{what}: missing"));
    }
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    bail!(
        "{what}: not found{}",
        system::cure(System::of(std::env::consts::OS, &release), packages)
    );
}

fn is_there(need: &Need) -> bool {
    need.files.iter().any(|file| match Path::new(file) {
        path if path.is_absolute() => path.exists(),
        program => ask(Command::new(program).arg("--version")).is_ok(),
    })
}
