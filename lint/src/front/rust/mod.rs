//! The front end for Rust: parses a crate with syn, and makes a view of facts. Its phases:
//! - `facts.rs`: what all files of a crate declare.
//! - `expand.rs`, `exported.rs`: the macros that they declare, and those of other crates of the workspace.
//! - `lower/`: each file's syntax tree to functions, one file at a time.
//! - `loader/`: what the loaders of the project attach its programs to.
//! - `resolve.rs`: values over the borders of functions; `offsets.rs`: additions to pointers.
//! - `on_kernels.rs`: what the supported kernels say about the names.

pub mod cfg;
mod core_attribute;
mod expand;
mod exported;
pub mod facts;
mod loader;
mod lower;
mod offsets;
mod on_kernels;
mod resolve;
pub mod ty;
pub mod view;

pub use view::Crate;

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::cfg::Cfg;
use self::facts::Facts;
use self::loader::Loaders;
use super::lex::{self, Dialect, Kind, Lexer, Token};
use super::{Problem, Reading, Settings, View, suppression};
use crate::input::Unit;
use crate::known::Supported;

/// No source is longer, but for generated bindings, which are not parsed.
const MAX_PARSED: usize = 8 << 20;
/// Generated bindings of all of a kernel have a tenth of it.
const MAX_READ: u64 = 64 << 20;

/// Whether a rule can use a read of a function, whoever calls the function.
pub type Wanted = fn(&Facts, &view::Function, &view::Read) -> bool;

/// Reads a crate's files. The view has those reads only that are `wanted`.
pub(super) fn read(unit: &Unit, files: &[PathBuf], settings: &Settings, wanted: Wanted) -> Reading {
    let mut reading = Reading::default();
    let lone = unit.owner.manifest_path.is_none();
    if unit.owner.ebpf != Some(true) && !files.iter().any(|file| is_program(file, lone)) {
        if let Err(error) = read_loader(unit, files, settings, &mut reading) {
            reading.unreadable(&files[0], format!("{error:#}"));
        }
        return reading;
    }
    let cfg = Cfg {
        features: settings.features.as_ref(),
    };
    let mut facts = Facts::default();
    let mut sources = Vec::new();
    for file in files {
        let path: Arc<str> = file.to_string_lossy().into();
        match text(file) {
            Ok(text) => {
                let tokens = Lexer::new(&text, Dialect::Rust);
                let tokens: Vec<Token> =
                    tokens.filter(|token| token.kind != Kind::Comment).collect();
                // Generated code is not checked, and may be most of the text.
                let generated = facts::is_generated(&path, &text);
                facts.add(&path, (&text, &tokens), generated, cfg);
                if generated {
                    continue;
                }
                match unparsable(&text, &tokens) {
                    Some(why) => reading.unreadable(file, why),
                    None => sources.push((file, path)),
                }
            }
            Err(why) => reading.unreadable(file, why),
        }
    }
    if let Some(manifest) = &unit.owner.manifest_path {
        let read = exported::add(manifest, cfg, &mut facts);
        reading.read.extend(read);
    }
    let supported = settings
        .known
        .as_ref()
        .map(|known| Supported::new(known, &settings.asked, &unit.owner));
    let supported = match supported.transpose() {
        Ok(supported) => supported,
        Err(error) => {
            reading.unreadable(&files[0], format!("{error:#}"));
            return reading;
        }
    };
    let mut functions = Vec::new();
    for (file, path) in sources {
        let lowered = text(file).map_err(|why| (0..0, why)).and_then(|text| {
            let functions = lower(&facts, &path, &text, (supported.as_ref(), wanted, cfg))?;
            Ok((functions, suppression::of_text(&path, &text, Dialect::Rust)))
        });
        // The parser keeps all texts of a thread for its spans.
        proc_macro2::extra::invalidate_current_thread_spans();
        match lowered {
            Ok((lowered, comments)) => {
                functions.extend(lowered);
                reading.suppressions.extend(comments);
            }
            Err((at, why)) => reading.problems.push(Problem::new(file, at, why)),
        }
    }
    let manifest = unit.owner.manifest_path.as_deref();
    let manifest = manifest.filter(|_| unit.owner.ebpf == Some(true));
    let loaders = manifest.map(Loaders::of).unwrap_or_default();
    loaders.attach(&mut functions);
    let mut krate = Box::new(Crate::new(facts, functions));
    if let Some(supported) = &supported
        && let Err(error) = on_kernels::answer(&mut krate, &loaders, supported)
    {
        reading.unreadable(&files[0], format!("{error:#}"));
    }
    reading.read.extend(loaders.read());
    reading.views.push(View::Rust(krate));
    reading
}

/// Reads a crate that is no program for the kernel: it may load some.
fn read_loader(
    unit: &Unit,
    files: &[PathBuf],
    settings: &Settings,
    reading: &mut Reading,
) -> anyhow::Result<()> {
    let attachments = loader::attachments(files);
    let (Some(manifest), Some(known)) = (&unit.owner.manifest_path, &settings.known) else {
        return Ok(());
    };
    if attachments.is_empty() {
        return Ok(());
    }
    let supported = Supported::new(known, &settings.asked, &unit.owner)?;
    let loaders = Loaders::of(manifest);
    let krate = Crate {
        hooks: on_kernels::hooks::of_loader(&attachments, &loaders, &supported)?,
        ..Crate::default()
    };
    for file in files {
        let path: Arc<str> = file.to_string_lossy().into();
        if attachments.iter().any(|one| one.path == path)
            && let Ok(text) = text(file)
        {
            let comments = suppression::of_text(&path, &text, Dialect::Rust);
            reading.suppressions.extend(comments);
        }
    }
    reading.read.extend(loaders.read());
    reading.views.push(View::Rust(Box::new(krate)));
    Ok(())
}

/// Whether a file says that it is made for the kernel. The imports count only in a `lone` file:
/// other files have a manifest that says it.
fn is_program(file: &Path, lone: bool) -> bool {
    let Ok(text) = text(file) else {
        return false;
    };
    let has = |start: &str| text.lines().any(|line| line.starts_with(start));
    let imports = || has("use aya_ebpf::") || has("use aya_bpf::") || has("use bpf_core::");
    has("#![no_std]") && has("#![no_main]") || lone && imports()
}

fn text(file: &Path) -> Result<String, String> {
    let length = fs::metadata(file).map_err(|error| error.to_string())?.len();
    if length > MAX_READ {
        return Err(format!("it has {} MB", length >> 20));
    }
    let bytes = fs::read(file).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("it is not UTF-8 at byte {at}")
    })
}

/// Why the parser must not see a text.
fn unparsable(text: &str, tokens: &[Token]) -> Option<String> {
    if text.len() > MAX_PARSED {
        return Some(format!("it has {} MB", text.len() >> 20));
    }
    lex::too_deep(text, tokens).map(str::to_owned)
}

/// The functions of a file, or where and why the parser gives up.
fn lower(
    facts: &Facts,
    path: &Arc<str>,
    text: &str,
    (supported, wanted, cfg): (Option<&Supported<'_>>, Wanted, Cfg<'_>),
) -> Result<Vec<view::Function>, (Range<usize>, String)> {
    let base = start(text);
    let file: syn::File = syn::parse_str(&text[base..]).map_err(|error| {
        let at = error.span().byte_range();
        let why = match error.to_string().as_str() {
            "cannot parse string into token stream" => "brackets or quotes do not match".to_owned(),
            why => why.to_owned(),
        };
        (at.start + base..at.end + base, why)
    })?;
    let input = lower::Input {
        facts,
        path,
        text,
        base,
        cfg,
        wanted,
        supported,
    };
    Ok(lower::functions(&input, &file))
}

/// Where the program starts: behind a byte order mark and a `#!` line.
fn start(text: &str) -> usize {
    let base = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let rest = &text[base..];
    let is_script = rest.starts_with("#!") && !rest[2..].trim_start().starts_with('[');
    if is_script {
        base + rest.find('\n').unwrap_or(rest.len())
    } else {
        base
    }
}
