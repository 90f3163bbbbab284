//! The files of this repository, for the tests beside this one.

use std::fs;
use std::path::Path;

use cargo_metadata::{Metadata, MetadataCommand};

/// A text file, by its path from the top of the repository.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The top of the repository.
pub(crate) fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).expect("this is tests/tidy")
}

/// The packages of the workspace, without those of other people.
pub(crate) fn workspace() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("`cargo metadata` knows this workspace")
}

/// All text files that git would track, in order.
pub(crate) fn all() -> Vec<File> {
    let mut files = Vec::new();
    let walk = ignore::WalkBuilder::new(root())
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    for entry in walk {
        let entry = entry.expect("the repository can be read");
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let bytes = fs::read(entry.path()).expect("the repository can be read");
        if let Ok(text) = String::from_utf8(bytes) {
            let path = entry.path().strip_prefix(root()).expect("walked from root");
            let path = path.to_str().expect("paths here are UTF-8").to_owned();
            files.push(File { path, text });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(files.len() > 500, "the walk misses files");
    files
}

/// The Rust files of the packages: neither a fixture nor a program that a test compiles.
pub(crate) fn rust() -> Vec<File> {
    const DATA: [&str; 5] = [
        "lint/tests/fixtures/",
        "lint/tests/ir/",
        "lint/tests/objects/",
        "linker/tests/rustc/",
        "tests/ui/tests/",
    ];
    let is_source = |file: &File| {
        file.path.ends_with(".rs") && !DATA.iter().any(|folder| file.path.starts_with(folder))
    };
    all().into_iter().filter(is_source).collect()
}

/// The text of one file.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The names in a folder that are folders, in order.
pub(crate) fn folders(path: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("the repository can be read"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().expect("names are UTF-8"))
        .collect();
    names.sort();
    names
}
