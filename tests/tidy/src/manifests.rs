//! The packages' `Cargo.toml`.

use std::path::Path;

use toml::{Table, Value};

use crate::files;
use crate::walls::LLVM;

fn manifest(path: &str) -> Table {
    let text = files::read(path);
    text.parse()
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Paths of all manifests that have a package, and what they have as `package`. The linter's and the
/// linker's tests have some that are data.
fn packages() -> Vec<(String, Table)> {
    let files = files::all().into_iter().map(|file| file.path);
    let manifests = files
        .filter(|path| path.ends_with("/Cargo.toml") && !path.starts_with("lint/tests/fixtures/"));
    let packages = manifests.filter_map(|path| {
        let mut manifest = manifest(&path);
        match manifest.remove("package") {
            Some(Value::Table(package)) => Some((path, package)),
            _ => None,
        }
    });
    packages.collect()
}

fn strings<'a>(table: &'a Table, key: &str) -> Vec<&'a str> {
    let values = table.get(key).and_then(Value::as_array);
    let values = values.unwrap_or_else(|| panic!("no list `{key}`"));
    values.iter().filter_map(Value::as_str).collect()
}

/// What a registry shows of a package, and what a licence asks to go with it.
fn described_for_a_registry(path: &str, package: &Table) {
    for key in ["description", "documentation"] {
        assert!(package.contains_key(key), "{path}: no `{key}`");
    }
    for key in ["keywords", "categories"] {
        let words = strings(package, key).len();
        assert!(
            (1..=5).contains(&words),
            "{path}: {words} `{key}`, not 1 to 5"
        );
    }
    let folder = files::root().join(path);
    let folder = folder.parent().expect("a folder");
    for file in ["LICENSE-MIT", "LICENSE-APACHE"] {
        assert!(folder.join(file).exists(), "{path}: no {file} beside it");
    }
}

#[test]
fn the_oldest_rust_is_the_one_that_is_built() {
    let manifest = manifest("Cargo.toml");
    let oldest = manifest["workspace"]["package"]["rust-version"].as_str();
    let oldest = oldest.expect("`rust-version`");
    let workflow = files::read(".github/workflows/ci.yml");
    let install = format!("rustup toolchain install {oldest} ");
    assert!(workflow.contains(&install), "ci.yml: no `{install}`");
    let check = format!("cargo +{oldest} check --locked");
    let (_, arguments) = workflow
        .split_once(&check)
        .unwrap_or_else(|| panic!("ci.yml: no `{check}`"));
    let mut built: Vec<&str> = arguments
        .split_whitespace()
        .filter(|word| *word != "--package")
        .collect();
    built.sort_unstable();
    assert_eq!(built, published_without_llvm());
}

/// The packages that users build without LLVM. The gate builds the others too.
fn published_without_llvm() -> Vec<String> {
    let packages = files::workspace().packages.into_iter();
    let mut names: Vec<String> = packages
        .filter(|package| package.publish.is_none())
        .filter(|package| {
            let mut needs = package.dependencies.iter();
            !needs.any(|need| !need.optional && LLVM.contains(&need.name.as_str()))
        })
        .map(|package| package.name.to_string())
        .collect();
    names.sort();
    names
}

#[test]
fn members_are_sorted() {
    let manifest = manifest("Cargo.toml");
    let workspace = manifest["workspace"].as_table().expect("a workspace");
    for key in ["members", "default-members"] {
        assert!(strings(workspace, key).is_sorted(), "`{key}`: sort it");
    }
}

/// Every package of the workspace has the workspace's licence; the others, as eBPF programs, are in
/// no registry, and say so.
#[test]
fn every_package_has_a_licence() {
    let root = manifest("Cargo.toml");
    let workspace = root["workspace"].as_table().expect("a workspace");
    let members = strings(workspace, "members");
    for (path, package) in packages() {
        let folder = Path::new(&path).parent().expect("a folder");
        let is_member = members.iter().any(|member| Path::new(member) == folder);
        let licence = package.get("license");
        let inherited = licence.and_then(|licence| licence.get("workspace"));
        if is_member && !package.contains_key("publish") {
            described_for_a_registry(&path, &package);
        }
        if is_member {
            assert_eq!(
                inherited,
                Some(&Value::Boolean(true)),
                "{path}: license.workspace"
            );
        } else {
            let publish = package.get("publish");
            assert_eq!(
                publish,
                Some(&Value::Boolean(false)),
                "{path}: publish = false"
            );
        }
        let name = package.get("name").and_then(Value::as_str);
        assert_ne!(
            name,
            Some("core"),
            "{path}: generated code writes `::core::...`"
        );
    }
    for file in ["LICENSE-MIT", "LICENSE-APACHE"] {
        assert!(files::root().join(file).exists(), "{file} is missing");
    }
}

/// A caret would let cargo take a `bpf-core` whose hidden half is another one than the linker's.
#[test]
fn packages_that_change_together_are_pinned() {
    let manifest = manifest("Cargo.toml");
    let dependencies = &manifest["workspace"]["dependencies"];
    for name in [
        "bpf-core",
        "bpf-core-flow",
        "bpf-core-kernels-debian",
        "bpf-core-macros",
    ] {
        let version = dependencies[name].get("version").and_then(Value::as_str);
        let version = version.unwrap_or_default();
        assert!(
            version.starts_with('='),
            "{name} = \"{version}\": write `=`"
        );
    }
    for (path, dependency) in [
        ("linker/Cargo.toml", "bpf-core"),
        ("linker/Cargo.toml", "bpf-core-flow"),
        ("lint/Cargo.toml", "bpf-core-flow"),
        ("bpf-core/Cargo.toml", "bpf-core-macros"),
    ] {
        let manifest = self::manifest(path);
        let inherited = manifest["dependencies"][dependency].get("workspace");
        assert_eq!(
            inherited,
            Some(&Value::Boolean(true)),
            "{path}: {dependency}"
        );
    }
}
