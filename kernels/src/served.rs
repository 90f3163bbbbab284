//! The kernels that Debian's archives have today.

use std::collections::HashSet;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use setup::process::{ask, run, say};
use setup::workspace;

use crate::apt::{self, Apt};
use crate::archive::Archive;
use crate::mirror::{self, Mirror};
use crate::package::Package;

/// Those whose kernels have BTF. Of i386 they have none.
const ARCHITECTURES: &str = "amd64,arm64,armhf,loong64,ppc64el,riscv64,s390x";

/// Where kernels are, in the archive of that name. A mirror may lack one.
const SUITES: [(Archive, &[&str]); 2] = [
    (
        Archive::Main,
        &[
            "bullseye",
            "bookworm",
            "bookworm-backports",
            "trixie",
            "trixie-backports",
            "forky",
            "sid",
            "experimental",
        ],
    ),
    (
        Archive::Security,
        &["bullseye-security", "bookworm-security", "trixie-security"],
    ),
];

/// A package smaller than this has no kernel, but needs another that has.
const SMALLEST: u64 = 1 << 20;

/// Every package with a kernel or modules on the mirror, by a private state of apt.
pub(crate) fn served() -> Result<Vec<Package>> {
    let mirror = Mirror::find()?;
    let apt = Apt::new(
        &workspace::root().join("target/kernels/apt"),
        &sources(&mirror),
    )?;
    // Suites that the mirror has not make it fail after all others came.
    if let Err(error) = run(apt.get().args(["update", "-q"])) {
        say(format_args!("{error:#}: not all suites came"));
    }
    let lists = ask(apt.get().args([
        "indextargets",
        "--format",
        "$(LABEL)|$(FILENAME)",
        "Created-By: Packages",
    ]))?;
    let mut served = Vec::new();
    for line in lists.lines() {
        let (label, list) = line
            .split_once('|')
            .context("apt names a list of no archive")?;
        let archive = Archive::ALL
            .into_iter()
            .find(|archive| archive.label() == label);
        // Backports are in the main archive, under a label of their own.
        let archive = archive.unwrap_or(Archive::Main);
        let packages = ask(Command::new(mirror::HELPER).args(["cat-file", list]))?;
        served.extend(kernels(&packages, archive));
    }
    let mut known = HashSet::new();
    served.retain(|package| known.insert(package.sha256.clone()));
    ensure!(!served.is_empty(), "the mirror serves no kernels at all");
    Ok(served)
}

/// A line for each suite, as apt's own list of sources has it.
fn sources(mirror: &Mirror) -> String {
    let mut sources = String::new();
    for (archive, suites) in SUITES {
        for suite in suites {
            // apt takes a suite whole or not at all, and mirrors are behind with rare architectures of
            // suites that change often.
            let architectures = match suite.rsplit_once('-') {
                Some((_, "security" | "backports")) => "amd64,arm64",
                _ => ARCHITECTURES,
            };
            sources += &apt::source(architectures, mirror.address(archive), suite);
        }
    }
    sources
}

/// What a package has of a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contents {
    /// The image; until 6.18 the modules too.
    Kernel,
    Modules,
}

/// What this package has of a kernel: nothing, if it only needs one that has, or is there to be signed.
pub(crate) fn kind(package: &Package) -> Option<Contents> {
    let (kind, release) = package.name().strip_prefix("linux-")?.split_once('-')?;
    let is_release = release.starts_with(|first: char| first.is_ascii_digit());
    if !is_release || release.ends_with("-template") || release.ends_with("-dbg") {
        return None;
    }
    match kind {
        // From 6.19 on `linux-image` is an empty package that needs `linux-binary`.
        "image" | "binary" if !release.ends_with("-unsigned") => Some(Contents::Kernel),
        "modules" => Some(Contents::Modules),
        _ => None,
    }
}

/// Those of a list, which has an empty line between packages.
fn kernels(packages: &str, archive: Archive) -> impl Iterator<Item = Package> {
    packages.split("\n\n").filter_map(move |package| {
        let field = |name: &str| {
            let mut lines = package.lines();
            lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        };
        let size: u64 = field("Size")?.parse().ok()?;
        if size < SMALLEST {
            return None;
        }
        let package = Package::new(field("SHA256")?, archive, field("Filename")?).ok()?;
        kind(&package).map(|_| package)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_only_needs_a_kernel_is_none() {
        let package = |name: &str, size: u64| {
            format!(
                "Package: {name}\nVersion: 7.3.4-1\nSize: {size}\nSHA256: {}\n\
                 Filename: pool/main/l/linux/{name}_7.3.4-1_amd64.deb\n",
                "a".repeat(64)
            )
        };
        let list = [
            package("linux-image-7.3.4-cloud-amd64", 1928),
            package("linux-binary-7.3.4-cloud-amd64", 13_604_064),
            package("linux-modules-7.3.4-cloud-amd64", 22_918_420),
        ];
        let found: Vec<Package> = kernels(&list.join("\n"), Archive::Main).collect();
        let found: Vec<_> = found
            .iter()
            .map(|found| (found.name(), kind(found)))
            .collect();
        let expected = [
            ("linux-binary-7.3.4-cloud-amd64", Some(Contents::Kernel)),
            ("linux-modules-7.3.4-cloud-amd64", Some(Contents::Modules)),
        ];
        assert_eq!(found, expected);
    }
}
