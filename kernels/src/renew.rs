//! `cargo xtask kernels pin`: the pins that the mirror has no more, replaced by what it has.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use setup::process::{ask, run, say};
use setup::{debian, workspace};

use crate::mirror::{self, Archive, Mirror};
use crate::pin::{self, Pin};

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
        ],
    ),
    (
        Archive::Security,
        &["bullseye-security", "bookworm-security", "trixie-security"],
    ),
];

/// Debian's keys, which each suite is signed with one of.
const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// A package smaller than this has no kernel, but needs another that has.
const SMALLEST: u64 = 1 << 20;

/// Writes `kernels/SHA256SUMS` anew, for a person to look at and commit.
pub(crate) fn renew_pins() -> Result<()> {
    let pins = pin::all()?;
    let served = served()?;
    let mut renewed: Vec<Pin> = Vec::new();
    for pin in &pins {
        match successor(pin, &served) {
            None => say(format_args!(
                "{}: nothing like it is served any more",
                pin.kernel
            )),
            Some(other) if renewed.iter().any(|pin| pin.kernel == other.kernel) => {
                say(format_args!(
                    "{}: gone, and {} is pinned already",
                    pin.kernel, other.kernel
                ))
            }
            Some(other) => {
                if other != pin {
                    say(format_args!("{}: now {}", pin.kernel, other.kernel));
                }
                renewed.push(other.clone());
            }
        }
    }
    renewed.sort_by(|a, b| a.kernel.cmp(&b.kernel));
    let text: String = renewed.iter().map(|pin| format!("{pin}\n")).collect();
    fs::write(pin::file(), text)?;
    say(format_args!(
        "{} kernels in {}",
        renewed.len(),
        pin::file().display()
    ));
    Ok(())
}

/// The pin itself if it is served, else the next release of its series, else the last one.
fn successor<'served>(pin: &Pin, served: &'served [Pin]) -> Option<&'served Pin> {
    let same = served.iter().find(|other| *other == pin);
    let of_series = || {
        served.iter().filter(|other| {
            let (other, pin) = (&other.kernel, &pin.kernel);
            (other.architecture, &other.flavour, other.series())
                == (pin.architecture, &pin.flavour, pin.series())
        })
    };
    let next = || {
        let later = of_series().filter(|other| other.kernel >= pin.kernel);
        later.min_by(|a, b| a.kernel.cmp(&b.kernel))
    };
    let last = || of_series().max_by(|a, b| a.kernel.cmp(&b.kernel));
    same.or_else(next).or_else(last)
}

/// Every kernel package on the mirror, by a private state of apt.
fn served() -> Result<Vec<Pin>> {
    let mirror = Mirror::find()?;
    let folder = workspace::root().join("target/kernels/apt");
    fs::create_dir_all(folder.join("lists/partial"))?;
    fs::create_dir_all(folder.join("archives/partial"))?;
    let configuration = configure(&mirror, &folder)?;
    let apt_get = || {
        let mut command = Command::new("apt-get");
        command.arg("-c").arg(&configuration).env("LC_ALL", "C");
        command
    };
    // Suites that the mirror has not make it fail after all others came.
    if let Err(error) = run(apt_get().args(["update", "-q"])) {
        say(format_args!("{error:#}: not all suites came"));
    }
    let lists = ask(apt_get().args([
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
    ensure!(!served.is_empty(), "the mirror serves no kernels at all");
    Ok(served)
}

/// The settings of an apt that knows all of Debian's suites, and changes nothing of this machine.
fn configure(mirror: &Mirror, folder: &Path) -> Result<PathBuf> {
    let mut sources = String::new();
    for (archive, suites) in SUITES {
        for suite in suites {
            let address = mirror.address(archive);
            let options = format!("arch=amd64,arm64 target=Packages signed-by={KEYS}");
            sources += &format!("deb [{options}] {address} {suite} main\n");
        }
    }
    fs::write(folder.join("sources.list"), sources)?;
    let user = if debian::is_root() { "root" } else { "_apt" };
    let folder = folder.display();
    let settings = format!(
        "#clear APT::Update::Post-Invoke;\n\
         #clear APT::Update::Post-Invoke-Success;\n\
         APT::Sandbox::User \"{user}\";\n\
         Dir::Etc::SourceList \"{folder}/sources.list\";\n\
         Dir::Etc::SourceParts \"/dev/null\";\n\
         Dir::State \"{folder}\";\n\
         Dir::State::Lists \"{folder}/lists\";\n\
         Dir::Cache \"{folder}\";\n"
    );
    let file = workspace::root().join("target/kernels/apt/apt.conf");
    fs::write(&file, settings)?;
    Ok(file)
}

/// Those of a list, which has an empty line between packages.
fn kernels(packages: &str, archive: Archive) -> impl Iterator<Item = Pin> {
    packages.split("\n\n").filter_map(move |package| {
        let field = |name: &str| {
            let mut lines = package.lines();
            lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        };
        let size: u64 = field("Size")?.parse().ok()?;
        if size < SMALLEST {
            return None;
        }
        Pin::new(field("SHA256")?, archive, field("Filename")?).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(release: &str, version: &str, digit: &str) -> Pin {
        let path = format!("pool/main/l/linux/linux-image-{release}_{version}_amd64.deb");
        Pin::new(&digit.repeat(64), Archive::Main, &path).unwrap()
    }

    #[test]
    fn a_gone_pin_is_followed_by_the_next_of_its_series() {
        let name = |pin: Option<&Pin>| pin.map(|pin| pin.kernel.to_string());
        let served = [
            pin("a-cloud-amd64", "6.1.190-1", "1"),
            pin("b-cloud-amd64", "6.1.200-1", "2"),
            pin("c-rt-amd64", "6.1.180-1", "3"),
            pin("d-cloud-amd64", "6.12.1-1", "4"),
        ];
        let gone = |version| name(successor(&pin("x-cloud-amd64", version, "0"), &served));
        assert_eq!(gone("6.1.176-1").as_deref(), Some("6.1.190-1-amd64-cloud"));
        assert_eq!(gone("6.1.300-1").as_deref(), Some("6.1.200-1-amd64-cloud"));
        assert_eq!(gone("5.10.1-1"), None);
        assert_eq!(successor(&served[1], &served), Some(&served[1]));
    }

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
        let found: Vec<Pin> = kernels(&list.join("\n"), Archive::Main).collect();
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].package(),
            "linux-binary-7.3.4-cloud-amd64_7.3.4-1_amd64"
        );
    }
}
