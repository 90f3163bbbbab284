//! Finds the loader that a workspace uses, by the crates that its packages depend on.

use cargo_metadata::{DependencyKind, Metadata};

/// The loader, if the packages agree on one: `aya 0.14`. Packages that use aya and libbpf name none.
pub(super) fn of_workspace(metadata: &Metadata) -> Option<String> {
    let packages = metadata.packages.iter();
    let needs = packages.flat_map(|package| &package.dependencies);
    let needs = needs.filter(|need| need.kind == DependencyKind::Normal);
    let mut loaders: Vec<String> = Vec::new();
    for need in needs {
        match need.name.as_str() {
            "aya" => {
                let version = need.req.comparators.first();
                let version =
                    version.and_then(|one| Some(format!(" {}.{}", one.major, one.minor?)));
                loaders.push(format!("aya{}", version.unwrap_or_default()));
            }
            // The system's libbpf, or the one that a crate brings: neither is in the manifest.
            "libbpf-rs" | "libbpf-sys" => loaders.push("libbpf".to_owned()),
            _ => {}
        }
    }
    loaders.sort();
    loaders.dedup();
    match &loaders[..] {
        [one] => Some(one.clone()),
        _ => None,
    }
}
