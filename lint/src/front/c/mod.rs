//! The front end for C: parses eBPF sources with libclang, and makes a view of facts.
//!
//! - `clang/`: libclang, made safe.
//! - `project.rs`, `includes.rs`, `flags.rs`: how a file is compiled, and what it includes.
//! - `vmlinux.rs`, `dump.rs`, `builtin/`: headers that are made at build time, or missing.
//! - `tree.rs`, `lower/`: libclang's tree to ours, with libbpf's macros as nodes.
//! - `flow/`, `versions.rs`: our tree to facts.
//! - `on_kernels.rs`: what the supported kernels say about the names in it.
//! - `view.rs`: the facts, for the rules.

mod builtin;
mod clang;
mod dump;
mod flags;
mod flow;
mod includes;
mod lower;
mod on_kernels;
mod project;
mod tree;
mod versions;
pub mod view;
mod vmlinux;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::clang::{Library, Unit, Wanted};
use self::flags::Flags;
use self::includes::{Includes, Vmlinux};
use self::project::Project;
use self::view::{Include, View};
use super::lex::{self, Dialect, Lexer};
use super::{Reading, Settings, suppression};
use crate::input::Owner;
use crate::known::Supported;
use crate::span::Span;

/// A source is written by hand: this is far beyond.
const MAX_LEN: u64 = 16 << 20;

/// Reads a C file.
pub(super) fn read(path: &Path, owner: &Owner, settings: &Settings) -> Reading {
    let mut reading = Reading::default();
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let bytes = match bytes(&path) {
        Ok(bytes) => bytes,
        Err(why) => {
            reading.unreadable(&path, why);
            return reading;
        }
    };
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            reading.unreadable(&path, format_args!("it is not UTF-8 (at byte {at})"));
            return reading;
        }
    };
    if text.contains('\0') {
        reading.unreadable(&path, "it is binary");
        return reading;
    }
    let tokens: Vec<_> = Lexer::new(&text, Dialect::C).collect();
    if let Some(why) = lex::too_deep(&text, &tokens) {
        reading.unreadable(&path, why);
        return reading;
    }
    let library = match Library::get() {
        Ok(library) => library,
        Err(why) => {
            reading.notes.push(why.to_owned());
            reading.is_passing = true;
            return reading;
        }
    };
    if let Err(why) = look(library, &path, &text, (owner, settings), &mut reading) {
        reading.unreadable(&path, why);
    }
    reading
}

/// The version of libclang, or why there is none and what to do.
///
/// # Errors
/// It cannot be loaded.
pub fn libclang() -> Result<String, &'static str> {
    Library::get().map(Library::version)
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let metadata = fs::metadata(path).map_err(|error| error.to_string())?;
    if metadata.len() > MAX_LEN {
        return Err(format!("it has {} MB", metadata.len() >> 20));
    }
    fs::read(path).map_err(|error| error.to_string())
}

fn look(
    library: &'static Library,
    path: &Path,
    text: &str,
    (owner, settings): (&Owner, &Settings),
    reading: &mut Reading,
) -> Result<(), String> {
    let project = Project::of(path);
    let (mut flags, includes) = flags(path, text, &project, settings, reading);
    let precompiled = header(library, &includes, &mut flags, settings, reading);
    let parse = |precompiled: Option<&Path>| {
        let mut arguments = flags.arguments.clone();
        if let Some(header) = precompiled {
            arguments.push("-include-pch".to_owned());
            arguments.push(header.to_string_lossy().into_owned());
        }
        arguments.extend(["-x".to_owned(), "c".to_owned()]);
        Unit::parse(library, path, &arguments, &[], Wanted::Tree)
    };
    let unit = match parse(precompiled.as_deref()) {
        // A precompiled header that does not fit is no reason to give up.
        Err(clang::ParseError::Failed) if precompiled.is_some() => parse(None),
        other => other,
    };
    let unit = unit.map_err(|error| match error {
        clang::ParseError::Crashed => "libclang crashed on it",
        clang::ParseError::Failed => "libclang does not take it: its arguments may be wrong",
    })?;
    note_errors(&unit, path, reading);

    let tree = lower::tree(&unit, &project.root, path);
    if tree.is_cut {
        reading.unreadable(path, "an expression is too long, with its macros expanded");
    }
    let mut view = View {
        includes: includes_of(path, text),
        ..View::default()
    };
    flow::follow(&tree, &mut view);
    versions::find(&tree, &mut view);
    if let Some(known) = &settings.known {
        let answered = Supported::new(known, &settings.asked, owner)
            .and_then(|supported| on_kernels::answer(&mut view, &supported));
        answered.map_err(|error| format!("{error:#}"))?;
    }
    reading.views.push(super::View::C(view));
    for (file, text) in &tree.sources {
        reading
            .suppressions
            .extend(suppression::of_text(file, text, Dialect::C));
    }
    let looked = tree
        .sources
        .iter()
        .map(|(file, _)| PathBuf::from(file.as_ref()));
    reading.read.extend(looked.chain(includes.read));
    reading.read.retain(|one| one != path);
    reading.read.sort();
    reading.read.dedup();
    Ok(())
}

/// The compiler's arguments, with the folders that they lack.
fn flags(
    path: &Path,
    text: &str,
    project: &Project,
    settings: &Settings,
    reading: &mut Reading,
) -> (Flags, Includes) {
    let mut flags = Flags::of(path, project, &settings.clang_args);
    let includes = Includes::of(path, text, project, &flags.folders());
    for folder in &includes.folders {
        flags.search(folder);
    }
    let stubs = vmlinux::folder(settings).join("system");
    if builtin::write_stubs(&stubs).is_ok() {
        flags.search(&stubs);
    }
    if includes.lacks_libbpf {
        let folder = vmlinux::folder(settings).join("libbpf");
        match builtin::write(&folder) {
            Ok(()) => {
                flags.search(&folder);
                reading.notes.push(
                    "libbpf's headers are not found (libbpf-dev has them): \
                     declarations of our own stand in"
                        .to_owned(),
                );
            }
            Err(error) => reading
                .notes
                .push(format!("libbpf's headers are not found: {error}")),
        }
    }
    (flags, includes)
}

/// The precompiled `vmlinux.h` of a file, if it includes one.
fn header(
    library: &'static Library,
    includes: &Includes,
    flags: &mut Flags,
    settings: &Settings,
    reading: &mut Reading,
) -> Option<PathBuf> {
    let made;
    let header = match includes.vmlinux.as_ref()? {
        Vmlinux::File(path) => path.as_path(),
        Vmlinux::Missing => {
            made = match vmlinux::made(settings) {
                Ok(path) => {
                    reading.read.push(vmlinux::source(settings).to_owned());
                    path.to_owned()
                }
                Err(why) => {
                    reading.notes.push(why.to_owned());
                    reading.is_passing = true;
                    vmlinux::stub(settings)?
                }
            };
            flags.search(made.parent()?);
            &made
        }
    };
    vmlinux::precompiled(library, header, flags, settings)
}

/// What could not be understood is told: findings may be missing.
fn note_errors(unit: &Unit, path: &Path, reading: &mut Reading) {
    let errors = unit.errors();
    let missing = errors
        .iter()
        .find(|error| error.text.ends_with("file not found"));
    if let Some(error) = missing.or(errors.first()) {
        let more = match errors.len() {
            1 => String::new(),
            count => format!(" ({} more errors)", count - 1),
        };
        reading.notes.push(format!(
            "{} is understood in part: {}{more}",
            path.display(),
            error.text
        ));
    }
}

/// The headers that a file includes.
fn includes_of(path: &Path, text: &str) -> Vec<Include> {
    let path: Arc<str> = path.to_string_lossy().into();
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_start().strip_prefix('#').map(str::trim_start);
        let name = trimmed
            .and_then(|rest| rest.strip_prefix("include"))
            .map(str::trim_start)
            .and_then(|rest| match rest.as_bytes().first()? {
                b'<' => Some(&rest[1..rest.find('>')?]),
                b'"' => rest[1..].split('"').next(),
                _ => None,
            });
        if let Some(name) = name {
            let start = at + line.find('#').unwrap_or(0);
            let end = at + line.trim_end().len();
            found.push(Include {
                span: Span::new(&path, start..end),
                name: name.to_owned(),
            });
        }
        at += line.len();
    }
    found
}
