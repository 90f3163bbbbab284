//! The modules of the linter stand in one order: each uses only those before it. `src/lib.rs` tells
//! what each is for.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules of the crate, from the ground up. Those in one row may not use each other.
const ORDER: &[&[&str]] = &[
    &["span", "digest"],
    &["input"],
    &["front"],
    &["rules"],
    &["check"],
    &["cache", "kernels", "report"],
    &["cli", "compiler"],
    &["run"],
    &["main", "lib"],
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The files of a folder and of those in it, by path from `src`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    let mut files = Vec::new();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The module at the root of the crate that a file belongs to.
fn module(file: &Path) -> String {
    let inside = file.strip_prefix(source()).expect("a file of the crate");
    let first = inside.components().next().expect("a name").as_os_str();
    first.to_string_lossy().trim_end_matches(".rs").to_owned()
}

fn row(module: &str) -> usize {
    ORDER
        .iter()
        .position(|row| row.contains(&module))
        .unwrap_or_else(|| panic!("`{module}` has no place in the order: give it one in `ORDER`"))
}

/// The modules at the root of the crate that a text names.
fn named(text: &str) -> Vec<&str> {
    let code = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    let parts = code.flat_map(|line| line.split("crate::").skip(1).zip(line.split("crate::")));
    parts
        // `$crate::` and `some_crate::` are other things.
        .filter(|(_, before)| !before.ends_with(|c: char| c == '_' || c.is_alphanumeric()))
        .map(|(rest, _)| {
            let end = rest.find(|c: char| c != '_' && !c.is_alphanumeric());
            &rest[..end.unwrap_or(rest.len())]
        })
        .filter(|name| !name.is_empty())
        .collect()
}

/// What is wrong with the directions of a file's uses.
fn wrong(module: &str, text: &str) -> Vec<String> {
    // An import of a group at the root would hide what it names.
    assert!(
        !text.contains("use crate::{"),
        "{module}: one `use` for each module"
    );
    let mut wrong = Vec::new();
    for name in named(text) {
        if name != module && row(name) >= row(module) {
            wrong.push(format!("`{module}` uses `{name}`"));
        }
    }
    wrong
}

#[test]
fn modules_use_only_those_before_them() {
    let mut found = Vec::new();
    for file in files(&source()) {
        let text = fs::read_to_string(&file).expect("a source");
        for wrong in wrong(&module(&file), &text) {
            found.push(format!("{}: {wrong}", file.display()));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_module_has_a_place() {
    for file in files(&source()) {
        row(&module(&file));
    }
    for name in ORDER.iter().flat_map(|row| *row) {
        let folder = source().join(name);
        let exists = folder.is_dir() || folder.with_extension("rs").is_file();
        assert!(
            exists,
            "`{name}` is in the order, and no module of the crate"
        );
    }
}

#[test]
fn a_wrong_direction_is_seen() {
    let wrong = |module, text| !self::wrong(module, text).is_empty();
    assert!(wrong("front", "use crate::rules::Finding;"));
    assert!(wrong("input", "fn f() { crate::report::levels::of(); }"));
    assert!(wrong("cache", "use crate::report::sink;"));
    assert!(!wrong(
        "rules",
        "use crate::front::View; // not crate::check"
    ));
    assert!(!wrong(
        "front",
        "use crate::front::lex; use other_crate::rules;"
    ));
}
