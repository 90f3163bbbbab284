//! The front end for build files: manifests of Cargo packages, and files with commands.
//!
//! - `cargo.rs`: a package for the kernel, with the profile, linker and flags that it is built
//!   with; `configuration.rs`: Cargo's own settings around it; `profile.rs`: the profiles of both;
//!   `table.rs` reads TOML with spans.
//! - `commands.rs`: commands that make or strip programs; `makefile.rs`, `database.rs`
//!   (`compile_commands.json`) and `script.rs` (CMake, Meson, `build.rs`) find them.

mod cargo;
mod commands;
mod configuration;
mod database;
mod makefile;
mod profile;
mod script;
mod table;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use cargo::Package;
pub use commands::{Command, Commands};
use commands::{OF_REGISTERS, OF_TYPES};
pub use configuration::Configuration;
pub use profile::{Debug, Debugged, Profile};

use super::{Reading, View, contents, suppression};

/// Nobody writes a build file of this size. Databases of large projects come near.
const LARGEST: u64 = 32 << 20;

/// Reads the manifest of a package, and the other files that say how it is built.
pub(super) fn read_package(path: &Path) -> Reading {
    let mut reading = Reading::default();
    let text = match text(path) {
        Ok(text) => text,
        Err(why) => {
            reading.unreadable(path, why);
            return reading;
        }
    };
    let mut read = Vec::new();
    match cargo::read(path, &text, &mut read) {
        Ok(Some(view)) => reading.views.push(View::Package(view)),
        Ok(None) => {}
        Err(why) => reading.unreadable(path, why),
    }
    reading.suppressions = suppression::of_lines(&path.to_string_lossy().into(), &text);
    let script = path.with_file_name("build.rs");
    if let Ok(text) = self::text(&script) {
        add(&script, script::commands_of_rust, &text, &mut reading);
        read.push(script);
    }
    reading.read = read;
    reading
}

/// Reads a file with commands.
pub(super) fn read_commands(path: &Path) -> Reading {
    let mut reading = Reading::default();
    let text = match text(path) {
        Ok(text) => text,
        Err(why) => {
            reading.unreadable(path, why);
            return reading;
        }
    };
    if path.ends_with("compile_commands.json")
        && let Err(why) = database::check(&text)
    {
        reading.unreadable(path, why);
        return reading;
    }
    add(path, finder(path), &text, &mut reading);
    reading.suppressions = suppression::of_lines(&path.to_string_lossy().into(), &text);
    reading
}

/// What finds the commands in a file, by its name.
fn finder(path: &Path) -> fn(&Arc<str>, &str) -> Vec<Command> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match name.as_ref() {
        "compile_commands.json" => database::commands,
        "CMakeLists.txt" | "meson.build" => script::commands_in_brackets,
        name if name.ends_with(".cmake") => script::commands_in_brackets,
        // A line of `go:generate` has no clang to look into.
        name if name.ends_with(".go") => |_, _| Vec::new(),
        _ => makefile::commands,
    }
}

/// The words of the commands in a build file that compile C for the kernel, also by `bpf2go` and `libbpf-cargo`.
/// A variable that the file does not set is a `$` in its word.
pub(super) fn words_for_compilers(path: &Path) -> Vec<Vec<String>> {
    let Ok(text) = text(path) else {
        return Vec::new();
    };
    if path.extension().is_some_and(|extension| extension == "go") {
        return script::words_of_bpf2go(&text);
    }
    let find = match path.file_name().and_then(|name| name.to_str()) {
        Some("build.rs") => script::commands_of_rust,
        Some("CMakeLists.txt" | "meson.build") => script::parts_in_brackets,
        Some(name) if name.ends_with(".cmake") => script::parts_in_brackets,
        _ => makefile::parts,
    };
    let commands = find(&path.to_string_lossy().into(), &text).into_iter();
    let mut words: Vec<_> = commands.map(|command| command.words).collect();
    if path.ends_with("build.rs") {
        words.extend(script::words_of_libbpf_cargo(&text));
    }
    words
}

fn add(path: &Path, find: fn(&Arc<str>, &str) -> Vec<Command>, text: &str, reading: &mut Reading) {
    let folder = path.parent().unwrap_or(Path::new(""));
    let path = path.to_string_lossy().into();
    let all = find(&path, text);
    let mut fixed = commands::fixed(&path, text);
    // Commands with debug info need none of this.
    let needs_types = all
        .iter()
        .all(|one| one.has_debug_info() && !one.strips_btf())
        || commands::any_has(OF_TYPES, folder, &mut reading.read);
    // Programs that read no registers are the same on each architecture.
    if !fixed.is_empty() {
        let mut folders = commands::folders_of_sources(folder, text);
        if !folders.any(|folder| commands::any_has(OF_REGISTERS, &folder, &mut reading.read)) {
            fixed.clear();
        }
    }
    reading.views.push(View::Commands(Commands {
        all,
        fixed,
        needs_types,
    }));
}

fn text(path: &Path) -> Result<String, String> {
    String::from_utf8(contents::read(path, LARGEST)?).map_err(|_| "it is not UTF-8".to_owned())
}

/// The folders above a file, the nearest first.
fn above(path: &Path) -> impl Iterator<Item = PathBuf> {
    path.ancestors().skip(1).map(Path::to_owned)
}
