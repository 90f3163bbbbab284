//! The C front end: eBPF sources, through libclang.
//!
//! - `clang/`: libclang, made safe.
//! - `project.rs`, `includes.rs`, `flags.rs`: how a file is compiled, and what it includes.
//! - `vmlinux.rs`, `dump.rs`, `builtin/`: headers that are made at build time, or missing.
//! - `tree.rs`, `lower/`: libclang's tree to ours, with libbpf's macros as nodes.
//! - `flow/`, `versions.rs`: our tree to facts.
//! - `view.rs`: the facts, for the rules.

mod builtin;
mod clang;
mod dump;
mod flags;
mod flow;
mod includes;
mod lower;
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
use self::view::View;
use super::{Outcome, Settings};
use crate::lex::{self, Dialect, Lexer};
use crate::rules;
use crate::span::Span;
use crate::suppress;

/// A source is written by hand: this is far beyond.
const MAX_LEN: u64 = 16 << 20;

/// Headers of the kernel's sources that user-space API has no namesake of.
const KERNEL_HEADERS: &[&str] = &[
    "linux/binfmts.h",
    "linux/blkdev.h",
    "linux/cgroup-defs.h",
    "linux/cred.h",
    "linux/dcache.h",
    "linux/fs_struct.h",
    "linux/mm_types.h",
    "linux/mnt_namespace.h",
    "linux/ns_common.h",
    "linux/nsproxy.h",
    "linux/path.h",
    "linux/pid_namespace.h",
    "linux/sched/signal.h",
    "linux/sched/task.h",
    "linux/skbuff.h",
    "linux/user_namespace.h",
    "net/inet_sock.h",
    "net/net_namespace.h",
    "net/sock.h",
];

/// Checks a C file.
pub(super) fn check(path: &Path, settings: &Settings) -> Outcome {
    let mut outcome = Outcome::default();
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let bytes = match read(&path) {
        Ok(bytes) => bytes,
        Err(why) => {
            outcome.unreadable(&path, why);
            return outcome;
        }
    };
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            outcome.unreadable(&path, format_args!("it is not UTF-8 (at byte {at})"));
            return outcome;
        }
    };
    if text.contains('\0') {
        outcome.unreadable(&path, "it is binary");
        return outcome;
    }
    let tokens: Vec<_> = Lexer::new(&text, Dialect::C).collect();
    if let Some(why) = lex::too_deep(&text, &tokens) {
        outcome.unreadable(&path, why);
        return outcome;
    }
    let library = match Library::get() {
        Ok(library) => library,
        Err(why) => {
            outcome.notes.push(why.to_owned());
            outcome.is_passing = true;
            return outcome;
        }
    };
    if let Err(why) = look(library, &path, &text, settings, &mut outcome) {
        outcome.unreadable(&path, why);
    }
    outcome
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
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
    settings: &Settings,
    outcome: &mut Outcome,
) -> Result<(), &'static str> {
    let project = Project::of(path);
    let (mut flags, includes) = flags(path, text, &project, settings, outcome);
    let precompiled = header(library, &includes, &mut flags, settings, outcome);
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
    note_errors(&unit, path, outcome);

    let tree = lower::tree(&unit, &project.root, path);
    if tree.is_cut {
        outcome.unreadable(path, "an expression is too long, with its macros expanded");
    }
    let mut view = View {
        has_macros: text.contains("bpf_core_read.h"),
        ..View::default()
    };
    flow::follow(&tree, &mut view);
    versions::find(&tree, &mut view);
    kernel_headers(path, text, &mut view);
    for rule in rules::ALL {
        if let Some(check) = rule.c {
            check(&view, &mut outcome.findings);
        }
    }
    for (file, text) in &tree.sources {
        outcome
            .suppressions
            .extend(suppress::of_text(file, text, Dialect::C));
    }
    let looked = tree
        .sources
        .iter()
        .map(|(file, _)| PathBuf::from(file.as_ref()));
    outcome.read.extend(looked.chain(includes.read));
    outcome.read.retain(|one| one != path);
    outcome.read.sort();
    outcome.read.dedup();
    Ok(())
}

/// The compiler's arguments, with the folders that they lack.
fn flags(
    path: &Path,
    text: &str,
    project: &Project,
    settings: &Settings,
    outcome: &mut Outcome,
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
                outcome.notes.push(
                    "libbpf's headers are not found (libbpf-dev has them): \
                     declarations of our own stand in"
                        .to_owned(),
                );
            }
            Err(error) => outcome
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
    outcome: &mut Outcome,
) -> Option<PathBuf> {
    let made;
    let header = match includes.vmlinux.as_ref()? {
        Vmlinux::File(path) => path.as_path(),
        Vmlinux::Missing => {
            made = match vmlinux::made(settings) {
                Ok(path) => {
                    outcome.read.push(vmlinux::source(settings).to_owned());
                    path.to_owned()
                }
                Err(why) => {
                    outcome.notes.push(why.to_owned());
                    outcome.is_passing = true;
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
fn note_errors(unit: &Unit, path: &Path, outcome: &mut Outcome) {
    let errors = unit.errors();
    let missing = errors
        .iter()
        .find(|error| error.text.ends_with("file not found"));
    if let Some(error) = missing.or(errors.first()) {
        let more = match errors.len() {
            1 => String::new(),
            count => format!(" ({} more errors)", count - 1),
        };
        outcome.notes.push(format!(
            "{} is understood in part: {}{more}",
            path.display(),
            error.text
        ));
    }
}

/// Notes headers of the kernel's sources.
fn kernel_headers(path: &Path, text: &str, view: &mut View) {
    let path: Arc<str> = path.to_string_lossy().into();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_start().strip_prefix('#').map(str::trim_start);
        let name = trimmed
            .and_then(|rest| rest.strip_prefix("include"))
            .and_then(|rest| rest.trim_start().strip_prefix('<'))
            .and_then(|rest| Some(&rest[..rest.find('>')?]));
        if let Some(name) = name.filter(|name| KERNEL_HEADERS.contains(name)) {
            let start = at + line.find('#').unwrap_or(0);
            let end = at + line.trim_end().len();
            let fact = (Span::new(&path, start..end), name.to_owned());
            view.kernel_headers.push(fact);
        }
        at += line.len();
    }
}
