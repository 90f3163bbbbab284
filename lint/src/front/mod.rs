//! Front ends: bytes in, a view with spans out. A view holds no syntax tree and no source text, so
//! that ten thousand files fit into memory, and rules need to know no parser.

pub mod c;
mod contents;
pub mod ir;
pub mod manifest;
pub mod object;
pub mod rust;
mod sources;

use crate::finding::Finding;
use crate::input::{Kind, Unit, Work};
use crate::rules;
use crate::span::Span;
use crate::suppress::Suppression;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// What is found in a unit: all that a cache needs to keep of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// Findings of all rules, whatever their level.
    pub findings: Vec<Finding>,
    /// Whether a compiler has said where the findings are, which is the line at best.
    pub compiled: bool,
    /// Comments that allow findings.
    pub suppressions: Vec<Suppression>,
    /// What the user should know about the run itself: a header that is missing, a library that
    /// is not there. Shown on stderr.
    pub notes: Vec<String>,
    /// Files that were read besides the unit's own, such as headers: the outcome holds as long as
    /// they stay as they are.
    pub read: Vec<PathBuf>,
    /// Whether it says more of this machine than of the file: a library is missing that may be
    /// installed tomorrow. It is not kept then.
    #[serde(skip)]
    pub is_passing: bool,
}

impl Outcome {
    /// Says that a file could not be read, or not be understood.
    pub fn unreadable(&mut self, path: &Path, why: impl std::fmt::Display) {
        self.unreadable_at(path, 0..0, why);
    }

    /// Says that a file could not be understood from some place on.
    pub fn unreadable_at(&mut self, path: &Path, at: Range<usize>, why: impl std::fmt::Display) {
        let path: Arc<str> = path.to_string_lossy().into();
        let finding = Finding::new(
            rules::unreadable_input::RULE.name,
            Span::new(&path, at),
            format!("cannot be checked: {why}"),
        );
        self.findings.push(finding);
    }
}

/// What the user set for front ends.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Where files that are made for later runs are kept, if the project has a place for them.
    pub cache_folder: Option<PathBuf>,
    /// Arguments for the C compiler.
    pub clang_args: Vec<String>,
    /// The kernel whose types are meant; the running one if not given.
    pub kernel_btf: Option<PathBuf>,
}

/// Reads a unit and runs the rules over it.
#[must_use]
pub fn check(unit: &Unit, settings: &Settings) -> Outcome {
    match &unit.work {
        Work::RustCrate(files) => rust::check(unit, files),
        Work::File(kind, path) => match kind {
            Kind::Object => object::check(path),
            Kind::Ir => ir::check(path),
            Kind::Package => manifest::check_package(path),
            Kind::Commands => manifest::check_commands(path),
            Kind::C => c::check(path, settings),
            Kind::Rust => rust::check(unit, unit.work.files()),
        },
    }
}
