//! Finds the loader that a project uses: what loads an object by its name, or else what the project depends on, which
//! are crates or Go modules.

mod commands;
mod named;

use std::fs;
use std::path::PathBuf;

pub(super) use named::{Projects, Said};

use cargo_metadata::semver::{Comparator, Op};
use cargo_metadata::{DependencyKind, Metadata};

use super::walk;

/// The loader, if the packages agree on one: `aya 0.14`. Packages that use aya and libbpf name none.
pub(super) fn of_workspace(metadata: &Metadata) -> Option<String> {
    let packages = metadata.packages.iter();
    let needs = packages.flat_map(|package| &package.dependencies);
    let needs = needs.filter(|need| need.kind == DependencyKind::Normal);
    let mut loaders: Vec<String> = Vec::new();
    for need in needs {
        match need.rename.as_ref().unwrap_or(&need.name).as_str() {
            "aya" => {
                let version = need.req.comparators.first();
                // `>=0.11` may be any; a fork under that name has versions of its own.
                let is_known = |one: &&Comparator| {
                    need.rename.is_none() && !matches!(one.op, Op::Greater | Op::GreaterEq)
                };
                let version = version.filter(is_known);
                let version =
                    version.and_then(|one| Some(format!(" {}.{}", one.major, one.minor?)));
                loaders.push(format!("aya{}", version.unwrap_or_default()));
            }
            // The system's libbpf, or the one that a crate brings: neither is in the manifest.
            "libbpf-rs" | "libbpf-sys" => loaders.push("libbpf".to_owned()),
            _ => {}
        }
    }
    only(loaders)
}

/// The loader of the Go modules that the paths are in, by the nearest `go.mod` above each: `cilium 0.17`.
pub(super) fn of_modules(paths: &[PathBuf]) -> Option<String> {
    let manifests = paths.iter().filter_map(|path| {
        let mut folders = path.ancestors();
        folders.find_map(|folder| fs::read_to_string(folder.join("go.mod")).ok())
    });
    only(manifests.flat_map(|text| of_module(&text)).collect())
}

/// `require github.com/cilium/ebpf v0.17.3`, or a line of such a list. What only another module needs has a
/// comment that says so.
fn of_module(manifest: &str) -> Vec<String> {
    let lines = manifest
        .lines()
        .filter(|line| !line.contains("// indirect"));
    let needs = lines.filter_map(|line| {
        let mut words = line.split_whitespace().filter(|word| *word != "require");
        let version = (words.next()?, words.next()?.strip_prefix('v')?);
        Some(version)
    });
    let loaders = needs.filter_map(|(module, version)| match module {
        "github.com/cilium/ebpf" => {
            let mut numbers = version.split('.');
            Some(format!("cilium {}.{}", numbers.next()?, numbers.next()?))
        }
        "github.com/aquasecurity/libbpfgo" => Some("libbpf".to_owned()),
        _ => None,
    });
    loaders.collect()
}

fn only(mut loaders: Vec<String>) -> Option<String> {
    loaders.sort();
    loaders.dedup();
    match &loaders[..] {
        [one] => Some(one.clone()),
        _ => None,
    }
}
