//! The front end for build files: manifests of Cargo packages, and files with commands.
//!
//! - `cargo.rs`: a package for the kernel, with the profile, linker and flags that it is built
//!   with; `configuration.rs`: Cargo's own settings around it; `table.rs` reads TOML with spans.
//! - `commands.rs`: commands that make or strip programs; `makefile.rs`, `database.rs`
//!   (`compile_commands.json`) and `script.rs` (CMake, Meson, `build.rs`) find them.

mod cargo;
mod commands;
mod configuration;
mod database;
mod makefile;
mod script;
mod table;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use cargo::{Debug, Debugged, Package, Profile};
pub use commands::{Command, Commands};
pub use configuration::Configuration;

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
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let find = match name.as_ref() {
        "compile_commands.json" => match database::check(&text) {
            Ok(()) => database::commands,
            Err(why) => {
                reading.unreadable(path, why);
                return reading;
            }
        },
        "CMakeLists.txt" | "meson.build" => script::commands_in_brackets,
        name if name.ends_with(".cmake") => script::commands_in_brackets,
        // A line of `go:generate` has no clang to look into.
        name if name.ends_with(".go") => |_: &Arc<str>, _: &str| Vec::new(),
        _ => makefile::commands,
    };
    add(path, find, &text, &mut reading);
    reading.suppressions = suppression::of_lines(&path.to_string_lossy().into(), &text);
    reading
}

fn add(path: &Path, find: fn(&Arc<str>, &str) -> Vec<Command>, text: &str, reading: &mut Reading) {
    let path = path.to_string_lossy().into();
    let all = find(&path, text);
    let fixed = commands::fixed(&path, text);
    reading.views.push(View::Commands(Commands { all, fixed }));
}

fn text(path: &Path) -> Result<String, String> {
    String::from_utf8(contents::read(path, LARGEST)?).map_err(|_| "it is not UTF-8".to_owned())
}

/// The folders above a file, the nearest first.
fn above(path: &Path) -> impl Iterator<Item = PathBuf> {
    path.ancestors().skip(1).map(Path::to_owned)
}
