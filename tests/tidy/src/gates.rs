//! Each test of the workspace is run by a gate: `cargo test` without a package runs those of
//! `default-members`, and a step of `xtask/src/gate.rs` names each other package.

use cargo_metadata::Package;

use crate::files::{self, File};

/// The package's folder, from the top of the repository.
fn folder(package: &Package) -> &str {
    let folder = package.manifest_path.parent().expect("a folder");
    let folder = folder.strip_prefix(files::root()).expect("a member");
    folder.as_str()
}

/// The package that a file belongs to. A package may stand in the folder of another one.
fn owner<'a>(packages: &[&'a Package], path: &str) -> Option<&'a Package> {
    let holds = |package: &&&Package| {
        let inside = path.strip_prefix(folder(package));
        inside.is_some_and(|rest| rest.starts_with('/'))
    };
    let owners = packages.iter().filter(holds);
    owners.max_by_key(|package| folder(package).len()).copied()
}

/// A step of the gate runs the package's tests: it has the package's name, or calls the module of
/// `setup` that builds what the tests need. One step runs those of all examples.
fn is_in_gate(package: &Package, gate: &str) -> bool {
    let name = package.name.as_str();
    let is_example = files::root().join(folder(package)).join("ebpf").exists();
    gate.contains(&format!("\"{name}\""))
        || gate.contains(&format!(" {name}::check(&setup)"))
        || (folder(package).starts_with("examples/")
            && is_example
            && gate.contains("workspace::examples()"))
}

/// The packages that have tests which no gate runs.
fn forgotten<'a>(
    packages: &[&'a Package],
    default: &[&Package],
    files: &[File],
    gate: &str,
) -> Vec<&'a str> {
    let tested = files.iter().filter(|file| file.text.contains("#[test]"));
    let owners = tested.filter_map(|file| owner(packages, &file.path));
    let mut forgotten: Vec<&str> = owners
        .filter(|package| !default.iter().any(|member| member.id == package.id))
        .filter(|package| !is_in_gate(package, gate))
        .map(|package| package.name.as_str())
        .collect();
    forgotten.sort_unstable();
    forgotten.dedup();
    forgotten
}

#[test]
fn a_gate_runs_every_test() {
    let workspace = files::workspace();
    let packages = workspace.workspace_packages();
    let default = workspace.workspace_default_packages();
    let gate = files::read("xtask/src/gate.rs");
    let forgotten = forgotten(&packages, &default, &files::rust(), &gate);
    assert_eq!(
        forgotten,
        Vec::<&str>::new(),
        "no gate runs the tests of these: add each to `default-members`, or to a step of xtask/src/gate.rs"
    );
}

#[test]
fn a_test_that_no_gate_runs_is_seen() {
    let workspace = files::workspace();
    let packages = workspace.workspace_packages();
    let files = files::rust();
    let gate = files::read("xtask/src/gate.rs");
    let without = |name: &str| {
        let mut default = workspace.workspace_default_packages();
        default.retain(|package| package.name != name);
        forgotten(&packages, &default, &files, &gate)
    };
    assert_eq!(without("bpf-core-refusal"), ["bpf-core-refusal"]);
    let default = workspace.workspace_default_packages();
    let unnamed = forgotten(&packages, &default, &files, "");
    for name in ["bpf-core-linker", "kernel-load", "lineage", "twins"] {
        assert!(unnamed.contains(&name), "`{name}` has tests: {unnamed:?}");
    }
    assert!(!unnamed.contains(&"kernels"), "{unnamed:?}");
}
