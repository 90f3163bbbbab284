//! The programs of a guest: static ones, as a guest has no libraries.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use setup::workspace;
use setup::{Setup, build};

use crate::libraries;
use crate::payload::{LOADERS, Payload};
use crate::pin::Architecture;
use crate::unpacked::Program;

/// What `kernels/guest` builds.
const INIT: &str = "guest";

/// What a guest of one architecture runs.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) init: PathBuf,
    /// In the order of the payload.
    pub(crate) loaders: Vec<PathBuf>,
}

/// Builds the first process and the payload's programs, or says what keeps this machine from it. A
/// build that fails is an error.
pub(crate) fn build(
    setup: &Setup,
    architecture: Architecture,
    payload: &[Payload],
) -> Result<Result<Programs, String>> {
    // It is a dependency of a package, so cargo builds it for the package's other program too.
    let has_libbpf = payload.iter().any(|one| one.package == LOADERS);
    let cargo = match architecture {
        Architecture::Amd64 => for_amd64(setup, has_libbpf),
        Architecture::Arm64 => for_arm64(setup, has_libbpf),
    };
    let mut cargo = match cargo {
        Ok(cargo) => cargo,
        Err(error) => return Ok(Err(format!("{error:#}"))),
    };
    cargo
        .args(["--release", "--config", "profile.release.strip=true"])
        .args(["--package", INIT]);
    let packages: BTreeSet<&str> = payload.iter().map(|one| &*one.package).collect();
    for package in packages {
        cargo.args(["--package", package]);
    }
    cargo
        .arg("--target-dir")
        .arg(workspace::root().join("target/guests"))
        .current_dir(workspace::root());
    let built = build::programs(&mut cargo)?;
    let program = |name: &str| {
        let program = built.iter().find(|program| program.ends_with(name));
        program
            .cloned()
            .with_context(|| format!("no package builds a program `{name}`"))
    };
    let loaders = payload.iter().map(|one| program(&one.program));
    Ok(Ok(Programs {
        init: program(INIT)?,
        loaders: loaders.collect::<Result<_>>()?,
    }))
}

/// Where cargo takes flags from before all else, and its separator between them. With `--target`
/// they are not for what runs on this machine.
const FLAGS: &str = "CARGO_ENCODED_RUSTFLAGS";
const SEPARATOR: &str = "\x1f";

const STATIC: &str = "-Ctarget-feature=+crt-static";

fn for_amd64(setup: &Setup, has_libbpf: bool) -> Result<Command> {
    let mut flags = STATIC.to_owned();
    if has_libbpf {
        flags += &with_libbpf(Architecture::Amd64)?;
    }
    let mut cargo = setup.host_cargo();
    cargo
        .args(["build", "--target", "x86_64-unknown-linux-gnu"])
        .env(FLAGS, flags);
    Ok(cargo)
}

/// Flags that make the linker find what libbpf needs.
fn with_libbpf(architecture: Architecture) -> Result<String> {
    let folder = libraries::folder(architecture)?;
    let mut flags = String::new();
    if let Some(folder) = &folder {
        flags += &format!("{SEPARATOR}-Lnative={}", folder.display());
    }
    if libraries::needs_zstd(folder.as_deref())? {
        flags += &format!("{SEPARATOR}-Clink-arg=-lzstd");
    }
    Ok(flags)
}

/// With the compiler for eBPF: rustup cannot bring `std` for another architecture everywhere, and
/// that compiler has its source, which `-Z build-std` builds as it builds `core` for eBPF. What C's
/// side needs is in Debian 12 and 13 as packages of this architecture, linker included; `std`'s
/// package for arm64 would need apt to know that architecture.
fn for_arm64(setup: &Setup, has_libbpf: bool) -> Result<Command> {
    let gcc = Program::find(
        "aarch64-linux-gnu-gcc",
        &["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"],
    )?;
    let mut flags = STATIC.to_owned();
    if let Some(root) = gcc.root() {
        // Debian 13's `libm.a` is a text that names others by absolute paths.
        flags += &format!("{SEPARATOR}-Clink-arg=--sysroot={}", root.display());
    }
    let mut cargo = setup.ebpf.cargo();
    if has_libbpf {
        flags += &with_libbpf(Architecture::Arm64)?;
        // The headers of libelf and zlib are the same on all architectures.
        cargo
            .env("LIBBPF_SYS_EXTRA_CFLAGS", "-idirafter /usr/include")
            .env("CC_aarch64_unknown_linux_gnu", gcc.file());
    }
    cargo
        .args(["build", "--target", "aarch64-unknown-linux-gnu"])
        .args(["-Z", "build-std=std,panic_abort"])
        .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", gcc.file())
        .env(FLAGS, flags)
        .envs(gcc.libraries());
    Ok(cargo)
}
