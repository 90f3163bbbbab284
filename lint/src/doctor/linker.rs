//! The linker: which one links programs, and whether it reads what rustc writes.

use std::path::Path;

use super::line::{Line, Part, State};
use super::machine::{Failure, Machine};
use super::toolchain::{Rustc, major};

/// The linker that makes relocations of `core_read!`.
pub(super) const OURS: &str = "bpf-core-linker";

const SUBJECT: &str = "linker";

/// How to get it without LLVM.
const TAKE: &str = "take it from a release of bpf-core, where LLVM is in it";

/// How to build it.
const BUILD: &str = "`cargo xtask build` in the repository of bpf-core, or `cargo install --path linker`; then put it into `PATH`";

/// An LLVM, and a nightly that has it: the one of a release's linker. The nightly of today has a newer one.
const NIGHTLY: (u32, &str) = (22, "nightly-2026-05-20");

/// A linker, as a build names it.
#[derive(Debug)]
pub(super) struct Linker<'a> {
    /// Its name or path.
    pub(super) name: &'a str,
    /// Where the build runs.
    pub(super) folder: &'a Path,
}

/// Asks the linker for its version, and compares its LLVM with that of a compiler.
pub(super) fn check(machine: &dyn Machine, linker: &Linker<'_>, rustc: Option<&Rustc>) -> Line {
    let name = linker.name;
    let is_ours = is_ours(name);
    let error = |found: String, cure: String| {
        Line::bad(Part::Toolchain, SUBJECT, State::Error, found, cure)
    };
    let version = match machine.run(linker.folder, &[name, "--version"]) {
        Ok(version) => version,
        Err(Failure::Missing) => {
            let found = match name.contains('/') {
                true => format!("there is no linker `{name}`"),
                false => format!("`{name}` is not in `PATH`"),
            };
            let cure = match is_ours {
                true => format!("{TAKE}; or build it: {BUILD}"),
                false => format!("`cargo install {name}`"),
            };
            return error(found, cure);
        }
        Err(Failure::Failed(why)) => {
            let cure = match is_ours {
                true => format!("{TAKE}; or build it again, with the LLVM that is here: {BUILD}"),
                false => format!("`cargo install --force {name}`"),
            };
            return error(format!("`{name} --version` fails: {why}"), cure);
        }
    };
    let version = version.trim();
    let its = version
        .split_once("LLVM ")
        .and_then(|(_, llvm)| major(llvm));
    if let (Some(its), Some(rustc)) = (its, rustc)
        && let Some(of_rustc) = rustc.llvm.filter(|llvm| *llvm > its)
    {
        let found = format!(
            "`{name}` has LLVM {its}, and cannot read what rustc {} writes with LLVM {of_rustc}",
            rustc.release
        );
        let older = match NIGHTLY {
            (llvm, nightly) if llvm == its => {
                format!(
                    "`rustup toolchain install {nightly} --component rust-src`, which is to be named in `build.rs`"
                )
            }
            _ => "an older rustc for eBPF".to_owned(),
        };
        let cure = match is_ours {
            true => format!(
                "{older}, or `cargo install --path linker --no-default-features --features llvm-{of_rustc}`"
            ),
            false => format!("{older}, or a `{name}` with LLVM {of_rustc}"),
        };
        return error(found, cure);
    }
    let short = version.split_once(' ').map_or(version, |(_, rest)| rest);
    Line::ok(Part::Toolchain, SUBJECT, format!("`{name}` {short}"))
}

/// Whether a linker's name is that of ours, with a version or not.
pub(super) fn is_ours(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.starts_with(OURS)
}

/// LLVM's development files, which only a build of the linker needs.
pub(super) fn llvm(machine: &dyn Machine, folder: &Path, linker_is_here: bool) -> Line {
    const SUBJECT: &str = "LLVM";
    let names = ["llvm-config-22", "llvm-config"];
    let found = names.iter().find_map(|name| {
        let version = machine.run(folder, &[name, "--version"]).ok()?;
        Some(format!("LLVM {} (`{name}`)", version.trim()))
    });
    match found {
        Some(found) => Line::ok(Part::Toolchain, SUBJECT, found),
        None if linker_is_here => {
            let found = "no `llvm-config`: the linker that is here needs none";
            Line::ok(Part::Toolchain, SUBJECT, found)
        }
        None => Line::bad(
            Part::Toolchain,
            SUBJECT,
            State::Warning,
            "no `llvm-config`: the linker cannot be built here",
            format!(
                "the linker of a release needs none; to build it: {}",
                packages(machine)
            ),
        ),
    }
}

/// The command that brings LLVM's development files, by the name of the system.
fn packages(machine: &dyn Machine) -> String {
    let release = machine
        .read(Path::new("/etc/os-release"))
        .unwrap_or_default();
    let release = String::from_utf8_lossy(&release);
    let value = |key: &str| {
        let line = release.lines().find_map(|line| line.strip_prefix(key))?;
        Some(line.trim_matches('"').to_owned())
    };
    let ids = [value("ID="), value("ID_LIKE=")].into_iter().flatten();
    let ids: Vec<String> = ids
        .flat_map(|ids| ids.split(' ').map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let of = |id: &str| match id {
        "debian" | "ubuntu" => Some(
            "`apt-get install llvm-22-dev`, from https://apt.llvm.org where the system has an older one",
        ),
        "fedora" => Some("`dnf install llvm-devel`"),
        "arch" => Some("`pacman -S llvm`"),
        "alpine" => Some("`apk add llvm22-dev llvm22-static`"),
        _ => None,
    };
    let known = ids.iter().find_map(|id| of(id));
    known
        .unwrap_or("install the development files of LLVM 22")
        .to_owned()
}
