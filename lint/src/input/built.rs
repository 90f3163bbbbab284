//! Finds the objects that Cargo has built from packages for the kernel.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use cargo_metadata::{Metadata, Package, TargetKind};

use super::Kind;
use super::manifest::Manifest;

/// The newest object of each program, with the folder of its package. An object that is older than its
/// source is out of date, and is left out.
#[must_use]
pub fn objects(metadata: &Metadata) -> Vec<(PathBuf, PathBuf)> {
    let packages = metadata.packages.iter();
    let packages = packages.filter(|package| {
        Manifest::read(package.manifest_path.as_std_path()).is_ok_and(|manifest| manifest.is_ebpf())
    });
    let programs = packages.flat_map(programs);
    let folders = folders(metadata.target_directory.as_std_path());
    programs
        .filter_map(|(name, source, package)| {
            let objects = folders.iter().map(|folder| folder.join(name));
            let objects = objects.filter(|path| Kind::of_contents(path) == Some(Kind::Object));
            let newest = objects.max_by_key(|path| changed(path))?;
            (changed(&newest) > changed(source)).then(|| (newest, package.to_owned()))
        })
        .collect()
}

/// Names, sources, and the folder of the package.
fn programs(package: &Package) -> impl Iterator<Item = (&str, &Path, &Path)> {
    let manifest = package.manifest_path.as_std_path();
    let folder = manifest.parent().unwrap_or(manifest);
    let bins = package
        .targets
        .iter()
        .filter(|target| target.kind.contains(&TargetKind::Bin));
    bins.map(move |target| (target.name.as_str(), target.src_path.as_std_path(), folder))
}

/// Where Cargo puts them, and where `aya-build` does.
fn folders(target: &Path) -> Vec<PathBuf> {
    let inside = |folder: &Path| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let mut folders = Vec::new();
    for triple in ["bpfel-unknown-none", "bpfeb-unknown-none"] {
        folders.extend(inside(&target.join(triple)));
    }
    for profile in inside(target) {
        let scripts = inside(&profile.join("build"));
        folders.extend(scripts.iter().map(|script| script.join("out")));
    }
    folders
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}
