//! The versions in a `Cargo.lock`: two of one crate, and those that want a newer compiler.

use std::collections::BTreeMap;
use std::path::Path;

use bpf_core_portability::Loader;
use cargo_metadata::MetadataCommand;
use toml::{Table, Value};

use super::kernel::Types;
use super::line::{Line, Part, State};
use super::machine::Machine;
use super::toolchain::{Rustc, numbers};

/// The packages of a `Cargo.lock`.
#[derive(Debug)]
pub(super) struct Lock {
    packages: Vec<Locked>,
}

#[derive(Debug)]
struct Locked {
    name: String,
    version: String,
    needs: Vec<String>,
}

impl Lock {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let table: Table = text.parse().ok()?;
        let packages = table.get("package").and_then(Value::as_array)?;
        let text = |one: &Value, key: &str| Some(one.get(key)?.as_str()?.to_owned());
        let packages = packages.iter().filter_map(|one| {
            let needs = one.get("dependencies").and_then(Value::as_array);
            let needs = needs.into_iter().flatten().filter_map(Value::as_str);
            Some(Locked {
                name: text(one, "name")?,
                version: text(one, "version")?,
                needs: needs.map(str::to_owned).collect(),
            })
        });
        Some(Self {
            packages: packages.collect(),
        })
    }

    fn versions(&self, name: &str) -> Vec<&str> {
        let packages = self.packages.iter().filter(|one| one.name == name);
        packages.map(|one| one.version.as_str()).collect()
    }

    /// The packages that need this version.
    fn users(&self, name: &str, version: &str) -> Vec<&str> {
        let need = format!("{name} {version}");
        let packages = self.packages.iter();
        let users = packages.filter(|one| one.needs.iter().any(|one| one.starts_with(&need)));
        users.map(|one| one.name.as_str()).collect()
    }
}

/// The crates whose versions have to go together.
const ONCE: [&str; 3] = ["aya-ebpf", "bpf-core", "aya"];

/// Says which versions of aya's crates there are, and where there are two of one.
pub(super) fn check(lock: &Lock, lines: &mut Vec<Line>) {
    let names = ["aya", "aya-ebpf", "aya-build", "bpf-core", "libbpf-rs"];
    let all = names.iter().flat_map(|name| {
        let versions = lock.versions(name).into_iter();
        versions.map(move |version| format!("{name} {version}"))
    });
    let all: Vec<String> = all.collect();
    let mut is_single = true;
    for name in ONCE {
        let versions = lock.versions(name);
        if versions.len() < 2 {
            continue;
        }
        is_single = false;
        lines.push(two_versions(lock, name, &versions));
    }
    if is_single && !all.is_empty() {
        lines.push(Line::ok(Part::Project, "versions", all.join(", ")));
    }
}

fn two_versions(lock: &Lock, name: &'static str, versions: &[&str]) -> Line {
    let each = versions.iter().map(|version| {
        let users = lock.users(name, version);
        match users.is_empty() {
            true => (*version).to_owned(),
            false => format!("{version} (of {})", users.join(", ")),
        }
    });
    let each: Vec<String> = each.collect();
    let of_bpf_core = versions.iter().find(|version| {
        let users = lock.users(name, version);
        users.contains(&"bpf-core")
    });
    let (state, why) = match of_bpf_core {
        Some(_) => (
            State::Error,
            ": bpf-core takes contexts of its own one alone",
        ),
        None => (State::Warning, ""),
    };
    let found = format!("two versions of {name}: {}{why}", each.join(", "));
    let wanted = of_bpf_core
        .or_else(|| versions.last())
        .copied()
        .unwrap_or_default();
    let minor = numbers(wanted).map_or(wanted.to_owned(), |(major, minor)| {
        format!("{major}.{minor}")
    });
    let cure =
        format!("ask for one in each `Cargo.toml`: `{name} = \"{minor}\"`, then `cargo update`");
    Line::bad(Part::Project, "versions", state, found, cure)
}

/// Says what the loader is, and whether it reads the types of this kernel.
pub(super) fn loader(lock: &Lock, types: Types, lines: &mut Vec<Line>) {
    for (package, name) in [("aya", "aya"), ("libbpf-sys", "libbpf")] {
        for version in lock.versions(package) {
            let Some((major, minor)) = numbers(version) else {
                continue;
            };
            let Ok(loader) = format!("{name} {major}.{minor}").parse::<Loader>() else {
                continue;
            };
            let subject = "loader";
            lines.push(if types.wide_enums && !loader.reads_wide_enums() {
                let found = format!(
                    "{loader} cannot read the types of this kernel: they have enums of 64 bits"
                );
                let cure =
                    format!("`cargo update -p {package}`, after a newer version in `Cargo.toml`");
                Line::bad(Part::Project, subject, State::Error, found, cure)
            } else {
                Line::ok(Part::Project, subject, loader.to_string())
            });
        }
    }
}

/// Says which packages want a newer compiler than the one that builds them.
pub(super) fn compilers(
    machine: &dyn Machine,
    folder: &Path,
    host: Option<&Rustc>,
    ebpf: Option<&Rustc>,
    resolver: &str,
    lines: &mut Vec<Line>,
) {
    let words = [
        "cargo",
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--offline",
    ];
    let metadata = machine.run(folder, &words).ok();
    let metadata = metadata.and_then(|text| MetadataCommand::parse(text).ok());
    let Some(metadata) = metadata else {
        lines.push(Line::bad(
            Part::Project,
            "packages",
            State::Note,
            "`cargo metadata --locked --offline` fails: which compiler packages need is not known",
            "`cargo fetch`",
        ));
        return;
    };
    let mut late: BTreeMap<(bool, String), Vec<String>> = BTreeMap::new();
    for package in &metadata.packages {
        let is_ebpf = package.name.contains("-ebpf") || package.name.starts_with("bpf-core");
        let rustc = if is_ebpf { ebpf } else { host };
        let (Some(wanted), Some(rustc)) = (&package.rust_version, rustc) else {
            continue;
        };
        let wanted = (wanted.major as u32, wanted.minor as u32);
        if numbers(&rustc.release).is_some_and(|has| has < wanted) {
            let (major, minor) = wanted;
            let text = format!("{} {} wants {major}.{minor}", package.name, package.version);
            late.entry((is_ebpf, rustc.release.clone()))
                .or_default()
                .push(text);
        }
    }
    for ((is_ebpf, release), packages) in late {
        let what = if is_ebpf { "rustc for eBPF" } else { "rustc" };
        let found = format!("{what} is {release}: {}", packages.join(", "));
        let cure = match resolver {
            "3" => {
                "`cargo update`: resolver 3 takes versions for the rustc that is here".to_owned()
            }
            _ => format!(
                "the resolver is \"{resolver}\", which takes the newest: write `resolver = \"3\"` below \
                 `[workspace]`, then `cargo update`; or take a newer rustc"
            ),
        };
        lines.push(Line::bad(
            Part::Project,
            "packages",
            State::Error,
            found,
            cure,
        ));
    }
}
