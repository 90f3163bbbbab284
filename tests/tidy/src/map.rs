//! The tables of ARCHITECTURE.md have each package, and each module of the linter.

use std::fs;

use crate::files;

/// Workspaces of their own, and the folder of all examples.
const BESIDE_MEMBERS: [&str; 3] = ["examples/", "examples/aya-app/", "examples/libbpf-app/"];

/// The names in the first cells of a section's table, in order.
fn names(section: &str) -> Vec<String> {
    let text = files::read("ARCHITECTURE.md");
    let (_, section) = text
        .split_once(&format!("\n## {section}\n"))
        .unwrap_or_else(|| panic!("ARCHITECTURE.md: no `{section}`"));
    let section = section.split("\n## ").next().unwrap_or_default();
    let cells = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split(" |").next());
    let mut names: Vec<String> = cells
        .flat_map(|cell| cell.split(", "))
        .map(|name| name.replace('`', ""))
        .collect();
    names.sort();
    names
}

#[test]
fn the_linters_table_has_each_module() {
    let folder = files::root().join("lint/src");
    let entries = fs::read_dir(folder).expect("the linter's sources");
    let modules = entries.map(|entry| {
        let path = entry.expect("the repository can be read").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        format!("{name}{}", if path.is_dir() { "/" } else { "" })
    });
    let mut modules: Vec<String> = modules
        .filter(|name| !["bin/", "lib.rs", "main.rs"].contains(&name.as_str()))
        .collect();
    modules.sort();
    assert_eq!(names("From a path to a finding"), modules);
}

/// What stands in `kernels/` has no row of its own, nor has an example.
#[test]
fn the_map_has_each_package_once() {
    let workspace = files::workspace();
    let packages = workspace.workspace_packages().into_iter();
    let folders = packages.map(|package| {
        let folder = package.manifest_path.parent().expect("a folder");
        let folder = folder.strip_prefix(files::root()).expect("a member");
        format!("{folder}/")
    });
    let has_row = |folder: &String| {
        !folder.starts_with("examples/")
            && (folder == "kernels/" || !folder.starts_with("kernels/"))
    };
    let mut folders: Vec<String> = folders.filter(has_row).collect();
    folders.extend(BESIDE_MEMBERS.map(str::to_owned));
    folders.sort();
    assert_eq!(names("Code map"), folders);
}
