//! The macros that other crates of the workspace export: a crate expands them as its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::cfg::Cfg;
use super::facts::Facts;
use super::{text, unparsable};
use crate::front::lex::{Dialect, Kind, Lexer, Token};
use crate::input::manifest::Manifest;
use crate::input::walk;

/// Adds those of the packages that a package depends on by their folder. Gives the files that have some.
pub(super) fn add(manifest: &Path, cfg: Cfg<'_>, facts: &mut Facts) -> Vec<PathBuf> {
    let Ok(manifest) = Manifest::read(manifest) else {
        return Vec::new();
    };
    let mut read = Vec::new();
    for folder in manifest.folders_of_dependencies() {
        let is_source = |path: &PathBuf| path.extension().is_some_and(|end| end == "rs");
        let files = walk::files(&folder.join("src"), &|_| true).into_iter();
        for file in files.filter(is_source) {
            if of_file(&file, cfg, facts) {
                read.push(file);
            }
        }
    }
    read
}

/// Adds the macros that a file exports, and says whether it has some. The crate's own of the same name hides one.
fn of_file(file: &Path, cfg: Cfg<'_>, facts: &mut Facts) -> bool {
    let Ok(text) = text(file) else { return false };
    if !text.contains("macro_export") {
        return false;
    }
    let tokens = Lexer::new(&text, Dialect::Rust);
    let tokens: Vec<Token> = tokens.filter(|token| token.kind != Kind::Comment).collect();
    if unparsable(&text, &tokens).is_some() {
        return false;
    }
    let mut other = Facts::default();
    let path: Arc<str> = file.to_string_lossy().into();
    other.add(&path, (&text, &tokens), false, cfg);
    let exported = other.macros.into_iter().filter(|(_, one)| {
        let before = &text[..one.name.start];
        let start = before.rfind([';', '}']).map_or(0, |at| at + 1);
        before[start..].contains("macro_export")
    });
    let exported: Vec<_> = exported.collect();
    let has_some = !exported.is_empty();
    for (name, one) in exported {
        facts.macros.entry(name).or_insert(one);
    }
    has_some
}
