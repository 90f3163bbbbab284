//! The front end for build files.
//!
//! - `cargo.rs`: a package for the kernel, with the profile, linker and flags that it is built with;
//!   `table.rs` reads TOML with spans.
//! - `commands.rs`: commands that make or strip programs; `makefile.rs`, `database.rs`
//!   (`compile_commands.json`) and `script.rs` (CMake, Meson, `build.rs`) find them.

mod cargo;
mod commands;
mod database;
mod makefile;
mod script;
mod table;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use cargo::{Debug, Debugged, Package, Profile};
pub use commands::{Command, Commands};

use super::{Outcome, contents};
use crate::rules;
use crate::suppress;

/// Nobody writes a build file of this size. Databases of large projects come near.
const LARGEST: u64 = 32 << 20;

/// Whether a file is one that has commands.
#[must_use]
pub fn has_commands(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    matches!(
        name.as_ref(),
        "Makefile"
            | "makefile"
            | "GNUmakefile"
            | "Kbuild"
            | "compile_commands.json"
            | "CMakeLists.txt"
            | "meson.build"
    ) || name.ends_with(".mk")
        || name.ends_with(".cmake")
}

/// Reads the manifest of a package, with what else says how it is built, and runs the rules.
#[must_use]
pub fn check_package(path: &Path) -> Outcome {
    let mut outcome = Outcome::default();
    let text = match text(path) {
        Ok(text) => text,
        Err(why) => {
            outcome.unreadable(path, why);
            return outcome;
        }
    };
    let mut read = Vec::new();
    match cargo::read(path, &text, &mut read) {
        Ok(Some(view)) => {
            for rule in rules::ALL {
                if let Some(check) = rule.package {
                    check(&view, &mut outcome.findings);
                }
            }
        }
        Ok(None) => {}
        Err(why) => outcome.unreadable(path, why),
    }
    outcome.suppressions = suppress::of_lines(&path.to_string_lossy().into(), &text);
    let script = path.with_file_name("build.rs");
    if let Ok(text) = self::text(&script) {
        run(&script, script::commands_of_rust, &text, &mut outcome);
        read.push(script);
    }
    outcome.read = read;
    outcome
}

/// Reads a file with commands, and runs the rules.
#[must_use]
pub fn check_commands(path: &Path) -> Outcome {
    let mut outcome = Outcome::default();
    let text = match text(path) {
        Ok(text) => text,
        Err(why) => {
            outcome.unreadable(path, why);
            return outcome;
        }
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let find = match name.as_ref() {
        "compile_commands.json" => match database::check(&text) {
            Ok(()) => database::commands,
            Err(why) => {
                outcome.unreadable(path, why);
                return outcome;
            }
        },
        "CMakeLists.txt" | "meson.build" => script::commands_in_brackets,
        name if name.ends_with(".cmake") => script::commands_in_brackets,
        _ => makefile::commands,
    };
    run(path, find, &text, &mut outcome);
    outcome.suppressions = suppress::of_lines(&path.to_string_lossy().into(), &text);
    outcome
}

fn run(path: &Path, find: fn(&Arc<str>, &str) -> Vec<Command>, text: &str, outcome: &mut Outcome) {
    let path = path.to_string_lossy().into();
    let view = Commands {
        all: find(&path, text),
    };
    for rule in rules::ALL {
        if let Some(check) = rule.commands {
            check(&view, &mut outcome.findings);
        }
    }
}

fn text(path: &Path) -> Result<String, String> {
    String::from_utf8(contents::read(path, LARGEST)?).map_err(|_| "it is not UTF-8".to_owned())
}

/// The folders above a file, the nearest first.
fn above(path: &Path) -> impl Iterator<Item = PathBuf> {
    path.ancestors().skip(1).map(Path::to_owned)
}
