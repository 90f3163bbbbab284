//! The front end for C: parses eBPF sources with libclang, and makes a view of facts.
//!
//! - `clang/`: libclang, made safe.
//! - `project.rs`, `build.rs`, `flags.rs`: how a file is compiled.
//! - `includes.rs`, `conditions.rs`, `choices.rs`, `clashes.rs`, `declared.rs`: what it includes, what the build must
//!   choose, which names it has for something else than the kernel, and what nothing declares.
//! - `vmlinux.rs`, `dump.rs`, `members.rs`, `builtin/`, `standins.rs`: headers that are made at build time, or missing;
//!   `stored.rs`: where those are kept that the linter makes.
//! - `parse.rs`: the file with all of these.
//! - `tree.rs`, `lower/`: libclang's tree to ours, with libbpf's macros as nodes.
//! - `flow/`, `versions.rs`, `directives.rs`, `filled.rs`: our tree to facts.
//! - `on_kernels.rs`: what the supported kernels say about the names in it.
//! - `loader.rs`: what the project's loader says about its programs.
//! - `view.rs`: the facts, for the rules.

mod build;
mod builtin;
mod choices;
mod clang;
mod clashes;
mod conditions;
mod declared;
mod directives;
mod dump;
mod filled;
mod flags;
mod flow;
mod includes;
mod loader;
mod lower;
mod members;
mod on_kernels;
mod parse;
mod project;
mod standins;
mod stored;
mod tree;
mod versions;
pub mod view;
mod vmlinux;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bpf_core_kernel_facts::types;

use self::clang::Library;
use self::project::Project;
use self::view::{Include, View};
use super::architecture;
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
    let file = File {
        library,
        path,
        text,
        project: &project,
        owner,
        settings,
    };
    let (unit, includes) = parse::whole(&file, reading)?;
    let mut tree = lower::tree(&unit, &project.root, path);
    if tree.is_cut {
        reading.unreadable(path, "an expression is too long, with its macros expanded");
    }
    let mut view = View {
        includes: includes_of(path, text, &tree.sources),
        for_one_architecture: for_one_architecture(&tree.sources),
        declared: std::mem::take(&mut tree.declared),
        struct_ops: std::mem::take(&mut tree.struct_ops),
        macros: std::mem::take(&mut tree.macros),
        ..View::default()
    };
    flow::follow(&tree, &mut view);
    versions::find(&tree, &mut view);
    view.filled = filled::find(&tree);
    if let Some(known) = &settings.known {
        let related = || loader::related(project.sources(), path);
        let answered = Supported::new(known, &settings.asked, owner)
            .and_then(|supported| on_kernels::answer(&mut view, &related, &supported));
        answered.map_err(|error| format!("{error:#}"))?;
    }
    if !view.hooks.is_empty() {
        reading
            .read
            .extend(loader::leave(project.sources(), path, &mut view));
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

/// A file, and what is known about it before it is parsed.
struct File<'f> {
    library: &'static Library,
    path: &'f Path,
    text: &'f str,
    project: &'f Project,
    owner: &'f Owner,
    settings: &'f Settings,
}

/// The parts of texts that stand in a condition that asks for the architecture, and the files that are called after
/// one: `arch/x86/regs.h`.
fn for_one_architecture(sources: &[(Arc<str>, String)]) -> Vec<Span> {
    let parts = sources.iter().flat_map(|(path, text)| {
        let whole = architecture::is_of_one(Path::new(&**path)).then_some(0..text.len());
        let parts = whole.into_iter().chain(architecture::parts(text));
        parts.map(|part| Span::new(path, part))
    });
    parts.collect()
}

/// The headers that a file includes.
fn includes_of(path: &Path, text: &str, sources: &[(Arc<str>, String)]) -> Vec<Include> {
    let has = |name: &str| {
        sources
            .iter()
            .any(|(path, _)| Path::new(&**path).ends_with(name))
    };
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
                is_kernels: types::is_kernel_header(name) && !has(name),
            });
        }
        at += line.len();
    }
    found
}
