//! Which of the kernels that Debian's archives have are in the catalogue, a line each in
//! `catalogue/debian/SHA256SUMS`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use setup::process::say;
use setup::workspace;

use crate::package::Package;
use crate::pin;
use crate::served::{Contents, kind, served};

pub(crate) fn file() -> PathBuf {
    workspace::root().join("catalogue/debian/SHA256SUMS")
}

/// A kernel's package, and that of its modules, if it has one for them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) kernel: Package,
    pub(crate) modules: Option<Package>,
}

/// Whether the catalogue has a kernel's modules. Those of cloud kernels are what programs are attached to
/// most: file systems, networking, block devices, virtual machines. Other kernels have four times as many,
/// and most of these drive devices: they would make the file several times as large.
pub(crate) fn has_modules(kernel: &Package) -> bool {
    flavour(kernel).starts_with("cloud")
}

/// The list, in its order.
pub(crate) fn all() -> Result<Vec<Chosen>> {
    let file = file();
    let text = fs::read_to_string(&file).with_context(|| format!("no {}", file.display()))?;
    let packages = text.lines().zip(1..).map(|(line, number)| {
        let package = Package::parse(line);
        package.with_context(|| format!("{}, line {number}", file.display()))
    });
    Ok(paired(packages.collect::<Result<_>>()?))
}

fn paired(packages: Vec<Package>) -> Vec<Chosen> {
    let (modules, kernels): (Vec<_>, Vec<_>) = packages
        .into_iter()
        .partition(|package| kind(package) == Some(Contents::Modules));
    let of = |kernel: &Package| modules.iter().find(|of| twin(of) == twin(kernel)).cloned();
    kernels
        .into_iter()
        .map(|kernel| Chosen {
            modules: of(&kernel),
            kernel,
        })
        .collect()
}

/// What the packages of one kernel have in common.
fn twin(package: &Package) -> (&str, &str, &str) {
    (release(package), package.version(), package.architecture())
}

/// `6.12.117+deb13-cloud-amd64`.
fn release(package: &Package) -> &str {
    package.name().splitn(3, '-').nth(2).unwrap_or_default()
}

/// `cloud-amd64`: what follows the numbers of the release.
fn flavour(package: &Package) -> String {
    let mut parts = release(package).split('-');
    let parts = parts
        .by_ref()
        .skip_while(|part| part.starts_with(|first: char| first.is_ascii_digit()));
    parts.collect::<Vec<_>>().join("-")
}

/// The numbers of a version, and Debian's revision. Release candidates have none.
fn numbers(package: &Package) -> Option<(Vec<u32>, String)> {
    let version = package.version();
    let (upstream, revision) = version.split_once('-')?;
    let numbers = upstream.split('.').map(|number| number.parse().ok());
    Some((numbers.collect::<Option<_>>()?, revision.to_owned()))
}

/// Writes the list anew, for a person to look at and commit.
pub(crate) fn renew() -> Result<()> {
    let booted = pin::all()?.into_iter().map(|pin| pin.package).collect();
    let list = chosen(served()?, booted);
    let text: String = list.iter().map(|package| format!("{package}\n")).collect();
    fs::write(file(), text)?;
    say(format_args!(
        "{} packages in {}",
        list.len(),
        file().display()
    ));
    Ok(())
}

/// The kernels that are booted, and the last one of each series, flavour and architecture. From 7.2 on
/// the modules of a kernel have a package of their own, and it is chosen too if they are wanted.
fn chosen(served: Vec<Package>, booted: Vec<Package>) -> Vec<Package> {
    let mut last: BTreeMap<(String, Vec<u32>, String), Package> = BTreeMap::new();
    let is_kernel = |package: &&Package| kind(package) == Some(Contents::Kernel);
    for package in served.iter().filter(is_kernel) {
        let Some((version, _)) = numbers(package) else {
            continue;
        };
        let series = version.iter().take(2).copied().collect();
        let key = (package.architecture().to_owned(), series, flavour(package));
        let known = last.entry(key).or_insert_with(|| package.clone());
        if numbers(known) < numbers(package) {
            *known = package.clone();
        }
    }
    let mut list: Vec<Package> = last.into_values().collect();
    list.extend(
        booted
            .into_iter()
            .filter(|package| !list.contains(package))
            .collect::<Vec<_>>(),
    );
    let is_wanted = |modules: &&Package| {
        let mut kernels = list.iter().filter(|kernel| twin(kernel) == twin(modules));
        kernels.any(has_modules)
    };
    let is_modules = |package: &&Package| kind(package) == Some(Contents::Modules);
    let modules = served.iter().filter(is_modules).filter(is_wanted);
    let modules: Vec<Package> = modules.cloned().collect();
    list.extend(modules);
    list.sort_by_key(|package| {
        (
            package.architecture().to_owned(),
            numbers(package),
            package.name().to_owned(),
        )
    });
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Archive;

    fn package(id: &str) -> Package {
        let path = format!("pool/main/l/linux/{id}.deb");
        Package::new(&"a".repeat(64), Archive::Main, &path).unwrap()
    }

    #[test]
    fn the_list_has_every_booted_kernel() {
        let list = all().unwrap();
        for pin in pin::all().unwrap() {
            let has = |chosen: &Chosen| chosen.kernel == pin.package;
            assert!(
                list.iter().any(has),
                "{} is not in the list",
                pin.package.id()
            );
        }
        let architecture = |name| {
            list.iter()
                .any(|chosen| chosen.kernel.architecture() == name)
        };
        assert!(
            ["riscv64", "ppc64el", "s390x"]
                .into_iter()
                .all(architecture)
        );
    }

    #[test]
    fn flavours_of_releases() {
        for (name, expected) in [
            ("linux-image-6.1.0-50-cloud-amd64", "cloud-amd64"),
            ("linux-image-6.12.117+deb13-arm64-16k", "arm64-16k"),
            ("linux-image-6.1.0-0.deb11.48-rt-amd64", "rt-amd64"),
            ("linux-binary-7.2.13+deb14-armmp-lpae", "armmp-lpae"),
        ] {
            assert_eq!(flavour(&package(&format!("{name}_1.0-1_x"))), expected);
        }
    }

    #[test]
    fn the_last_of_each_series_is_chosen() {
        let served = [
            "linux-image-6.1.0-50-amd64_6.1.176-1_amd64",
            "linux-image-6.1.0-56-amd64_6.1.192-2_amd64",
            "linux-image-6.1.0-56-cloud-amd64_6.1.192-2_amd64",
            "linux-binary-7.2.9-amd64_7.2.9-1_amd64",
            "linux-binary-7.2.13-amd64_7.2.13-1_amd64",
            "linux-binary-7.2.13-cloud-amd64_7.2.13-1_amd64",
            "linux-modules-7.2.9-amd64_7.2.9-1_amd64",
            "linux-modules-7.2.13-amd64_7.2.13-1_amd64",
            "linux-modules-7.2.13-cloud-amd64_7.2.13-1_amd64",
            "linux-binary-7.3-amd64_7.3~rc7-1~exp1_amd64",
        ];
        let booted = vec![package("linux-image-6.1.0-50-amd64_6.1.176-1_amd64")];
        let list = chosen(served.map(package).to_vec(), booted);
        let ids: Vec<&str> = list.iter().map(Package::id).collect();
        let expected = [
            "linux-image-6.1.0-50-amd64_6.1.176-1_amd64",
            "linux-image-6.1.0-56-amd64_6.1.192-2_amd64",
            "linux-image-6.1.0-56-cloud-amd64_6.1.192-2_amd64",
            "linux-binary-7.2.13-amd64_7.2.13-1_amd64",
            "linux-binary-7.2.13-cloud-amd64_7.2.13-1_amd64",
            "linux-modules-7.2.13-cloud-amd64_7.2.13-1_amd64",
        ];
        assert_eq!(ids, expected);
        let mut list = list.clone();
        list.push(package("linux-modules-7.2.13-amd64_7.2.13-1_amd64"));
        let pairs: Vec<bool> = paired(list)
            .iter()
            .map(|chosen| chosen.modules.is_some())
            .collect();
        assert_eq!(pairs, [false, false, false, true, true]);
    }
}
