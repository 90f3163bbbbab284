//! Which package may depend on which, as the picture at the top of ARCHITECTURE.md has it.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::DependencyKind;

use crate::files;

/// The packages that others may depend on, with all that each depends on in this repository. A
/// package that is not here is at the edge: an example, a test or a tool. Nothing here knows it.
const WALLS: &[(&str, &[&str])] = &[
    ("bpf-core", &["bpf-core-macros"]),
    ("bpf-core-bindings", &["bpf-core-catalogue"]),
    ("bpf-core-btf", &["bpf-core-kernel-facts"]),
    ("bpf-core-catalogue", &["bpf-core-btf"]),
    ("bpf-core-flow", &["bpf-core-kernel-facts"]),
    ("bpf-core-kernel-facts", &[]),
    ("bpf-core-kernel-files", &["bpf-core-catalogue"]),
    ("bpf-core-kernels-debian", &[]),
    (
        "bpf-core-linker",
        &[
            "bpf-core",
            "bpf-core-btf",
            "bpf-core-flow",
            "bpf-core-kernel-facts",
        ],
    ),
    ("bpf-core-macros", &["bpf-core-kernel-facts"]),
    (
        "bpf-core-portability",
        &[
            "bpf-core-btf",
            "bpf-core-catalogue",
            "bpf-core-kernel-facts",
        ],
    ),
    ("bpf-core-refusal", &["bpf-core-btf", "bpf-core-flow"]),
    (
        "cargo-corelint",
        &[
            "bpf-core-bindings",
            "bpf-core-btf",
            "bpf-core-catalogue",
            "bpf-core-flow",
            "bpf-core-kernel-facts",
            "bpf-core-kernel-files",
            "bpf-core-kernels-debian",
            "bpf-core-portability",
            "bpf-core-refusal",
        ],
    ),
];

/// The crates that link LLVM.
pub(crate) const LLVM: [&str; 3] = ["bpf-linker", "inkwell", "llvm-sys"];

/// Who names one of them, and whether only behind a feature that is off by default.
const USES_LLVM: &[(&str, Llvm)] = &[
    ("bpf-core-flow", Llvm::ByFeature),
    ("bpf-core-linker", Llvm::Always),
    ("cargo-corelint", Llvm::ByFeature),
];

/// Packages of other people that a package must not depend on: `btf` parses bytes, and reads nothing.
const NOT_FOR: &[(&str, &[&str])] = &[
    ("bpf-core", &["libc", "std"]),
    ("bpf-core-btf", &["libc", "memmap2", "rustix"]),
    ("bpf-core-catalogue", &["libc", "memmap2", "rustix"]),
    ("bpf-core-kernel-facts", &["libc", "rustix"]),
    ("bpf-core-portability", &["libc", "memmap2", "rustix"]),
    ("bpf-core-refusal", &["libc", "memmap2", "rustix"]),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Llvm {
    Always,
    ByFeature,
}

/// A package, by what the walls are about.
#[derive(Debug)]
struct Package {
    name: String,
    /// All that it is built with: no dependency of its tests.
    needs: Vec<Need>,
    /// The features that are on unless somebody turns them off, each with what it turns on.
    default: Vec<String>,
}

#[derive(Debug)]
struct Need {
    name: String,
    optional: bool,
}

fn packages() -> Vec<Package> {
    let workspace = files::workspace();
    let packages = workspace.workspace_packages().into_iter().map(|package| {
        let needs = package.dependencies.iter();
        Package {
            name: package.name.to_string(),
            needs: needs
                .filter(|need| need.kind != DependencyKind::Development)
                .map(|need| Need {
                    name: need.name.clone(),
                    optional: need.optional,
                })
                .collect(),
            default: switched_on(&package.features, "default"),
        }
    });
    packages.collect()
}

/// All that a feature turns on, through other features too.
fn switched_on(features: &BTreeMap<String, Vec<String>>, feature: &str) -> Vec<String> {
    let mut on = vec![feature.to_owned()];
    let mut at = 0;
    while let Some(feature) = on.get(at) {
        let more = features.get(feature).cloned().unwrap_or_default();
        on.extend(more);
        at += 1;
    }
    on
}

/// What is wrong with the packages, a line each.
fn breaches(packages: &[Package]) -> Vec<String> {
    let mut breaches = Vec::new();
    let ours = |name: &str| packages.iter().any(|package| package.name == name);
    let in_list = |name: &str| WALLS.iter().find(|(listed, _)| *listed == name);
    for (name, _) in WALLS {
        if !ours(name) {
            breaches.push(format!("`{name}` is in the list, and no package"));
        }
    }
    for package in packages {
        let name = &package.name;
        let allowed = in_list(name).map_or(&[][..], |(_, may)| may);
        let is_needed = |may: &str| package.needs.iter().any(|need| need.name == may);
        breaches.extend(
            allowed
                .iter()
                .filter(|may| !is_needed(may))
                .map(|may| format!("`{name}` may depend on `{may}`, and does not")),
        );
        for need in &package.needs {
            if ours(&need.name) {
                match in_list(name) {
                    Some((_, may)) if !may.contains(&need.name.as_str()) => breaches.push(format!(
                        "`{name}` must not depend on `{}`: ARCHITECTURE.md has no such arrow",
                        need.name
                    )),
                    _ => {}
                }
            }
            let forbidden = NOT_FOR.iter().find(|(listed, _)| listed == name);
            if forbidden.is_some_and(|(_, not)| not.contains(&need.name.as_str())) {
                breaches.push(format!("`{name}` must not depend on `{}`", need.name));
            }
        }
        breaches.extend(llvm_breaches(package));
    }
    breaches
}

fn llvm_breaches(package: &Package) -> Vec<String> {
    let name = &package.name;
    let may = USES_LLVM.iter().find(|(listed, _)| listed == name);
    let needs = package.needs.iter();
    let needs: Vec<&Need> = needs
        .filter(|need| LLVM.contains(&need.name.as_str()))
        .collect();
    let mut breaches = Vec::new();
    if may.is_some() && needs.is_empty() {
        breaches.push(format!(
            "`{name}` is in the list of those that need LLVM, and does not"
        ));
    }
    for need in needs {
        let llvm = &need.name;
        let dependency = [format!("dep:{llvm}"), llvm.clone()];
        let by_default = |on: &String| dependency.contains(on) || on == "llvm";
        match may {
            None => breaches.push(format!("`{name}` must not depend on `{llvm}`")),
            Some((_, Llvm::ByFeature)) if !need.optional => breaches.push(format!(
                "`{name}` must name `{llvm}` as `optional`, behind a feature"
            )),
            Some((_, Llvm::ByFeature)) if package.default.iter().any(by_default) => {
                breaches.push(format!("`{name}` turns `{llvm}` on by default"));
            }
            Some(_) => {}
        }
    }
    breaches
}

#[test]
fn packages_depend_on_what_the_picture_says() {
    assert_eq!(breaches(&packages()), Vec::<String>::new());
}

/// Of these, the picture has the users in one line.
#[test]
fn the_picture_names_who_uses_the_facts() {
    let text = files::read("ARCHITECTURE.md");
    let mut lines = text.lines();
    let line = lines.find_map(|line| line.strip_prefix("kernel-facts <── "));
    let users = line.expect("a line of the picture").split("  ").next();
    let drawn: BTreeSet<&str> = users.expect("users").split(", ").collect();
    let needs = |(_, may): &&(&str, &[&str])| may.contains(&"bpf-core-kernel-facts");
    let of_walls = WALLS.iter().filter(needs).map(|(name, _)| match *name {
        "bpf-core-macros" => "core-macros",
        "cargo-corelint" => "lint",
        name => name.trim_start_matches("bpf-core-"),
    });
    let of_walls: BTreeSet<&str> = of_walls.collect();
    assert_eq!(drawn, of_walls);
}

#[test]
fn an_arrow_too_many_is_told() {
    let breaches_of = |name: &str, need: &str, optional: bool, default: &str| {
        let mut packages = packages();
        let package = packages.iter_mut().find(|package| package.name == name);
        let package = package.expect("a package of the list");
        let need = Need {
            name: need.to_owned(),
            optional,
        };
        package.needs.push(need);
        package.default.push(default.to_owned());
        breaches(&packages)
    };
    assert_eq!(
        breaches_of("bpf-core-btf", "bpf-core", false, "default"),
        ["`bpf-core-btf` must not depend on `bpf-core`: ARCHITECTURE.md has no such arrow"]
    );
    assert_eq!(breaches_of("bpf-core", "xtask", false, "default").len(), 1);
    assert_eq!(
        breaches_of("bpf-core", "inkwell", true, "default"),
        ["`bpf-core` must not depend on `inkwell`"]
    );
    let mut packages = packages();
    for package in &mut packages {
        package.needs.retain(|need| need.name != "bpf-core-macros");
    }
    assert_eq!(
        breaches(&packages),
        ["`bpf-core` may depend on `bpf-core-macros`, and does not"]
    );
    let llvm_of_lint = |optional, default| {
        breaches_of("cargo-corelint", "llvm-sys", optional, default)
            .iter()
            .filter(|told| told.contains("llvm-sys"))
            .count()
    };
    assert_eq!(llvm_of_lint(false, "default"), 1);
    assert_eq!(llvm_of_lint(true, "dep:llvm-sys"), 1);
    assert_eq!(llvm_of_lint(true, "default"), 0);
}
