//! Front ends: each reads the text or the bytes of a unit, and gives a view of facts. They run no
//! rules, and know no findings and no levels.
//!
//! A view holds no syntax tree and no source text, so ten thousand files fit into memory, and rules
//! need to know no parser.

mod architecture;
pub mod c;
mod contents;
pub mod facts;
pub mod ir;
pub mod lex;
mod loaders;
pub mod manifest;
pub mod object;
pub mod rust;
mod sources;
pub mod suppression;

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::suppression::Suppression;
use crate::input::{Kind, Unit, Work};
use crate::known::{Asked, Known};
use crate::span::Span;

/// What a front end makes of a unit.
#[derive(Debug, Default)]
pub struct Reading {
    /// The facts.
    pub views: Vec<View>,
    /// Files that could not be understood.
    pub problems: Vec<Problem>,
    /// Whether the places are those that a compiler gives, which is the line at best.
    pub compiled: bool,
    /// Comments that allow findings.
    pub suppressions: Vec<Suppression>,
    /// What the user should know about the run itself.
    pub notes: Vec<String>,
    /// Files that were read besides the unit's own.
    pub read: Vec<PathBuf>,
    /// Set where a file was understood in part.
    pub in_part: Option<InPart>,
    /// Whether it says more about this machine than about the file.
    pub is_passing: bool,
}

/// A C file that was understood in part: findings may be missing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InPart {
    /// The file.
    pub file: Arc<str>,
    /// The first place that was not understood. It may be in a header.
    pub at: Span,
    /// Why not.
    pub why: String,
    /// How many such places there are.
    pub errors: usize,
    /// The header that nobody has, in words.
    pub missing: Option<String>,
}

/// The facts about a unit, by its language.
#[derive(Debug)]
pub enum View {
    /// A C file, with the project's headers that it includes.
    C(c::view::View),
    /// A Rust crate.
    Rust(Box<rust::Crate>),
    /// An eBPF object.
    Object(object::Object),
    /// An eBPF object on many kernels.
    OnKernels(object::OnKernels),
    /// A module of LLVM IR.
    Ir(ir::Program),
    /// A package for the kernel, and how it is built.
    Package(manifest::Package),
    /// Commands of a build.
    Commands(manifest::Commands),
}

/// A file that could not be read, or not be understood from some place on.
#[derive(Debug)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// Why.
    pub why: String,
}

impl Problem {
    /// A problem at some bytes of a file.
    pub fn new(path: &Path, at: Range<usize>, why: impl std::fmt::Display) -> Self {
        let path: Arc<str> = path.to_string_lossy().into();
        Self {
            span: Span::new(&path, at),
            why: why.to_string(),
        }
    }
}

impl Reading {
    /// Says that a file could not be read, or not be understood.
    fn unreadable(&mut self, path: &Path, why: impl std::fmt::Display) {
        self.problems.push(Problem::new(path, 0..0, why));
    }
}

/// What the user set for front ends.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Where files that are made for later runs are kept, if the project has a place for them.
    pub cache_folder: Option<PathBuf>,
    /// Arguments for the C compiler.
    pub clang_args: Vec<String>,
    /// The features of a Rust package that are on. `None`: code that depends on one is read too.
    pub features: Option<BTreeSet<String>>,
    /// The kernel whose types are meant; the running one if not given.
    pub kernel_btf: Option<PathBuf>,
    /// The kernels that objects are judged on. `None`: they are judged on none.
    pub known: Option<Arc<Known<'static>>>,
    /// Which of them, if the user says so.
    pub asked: Asked,
}

/// Reads a unit. A view of Rust has those reads of memory only that are `wanted`.
#[must_use]
pub fn read(unit: &Unit, settings: &Settings, wanted: rust::Wanted) -> Reading {
    match &unit.work {
        Work::RustCrate(files) => rust::read(unit, files, settings, wanted),
        Work::File(kind, path) => match kind {
            Kind::Object => object::read(path, &unit.owner, settings),
            Kind::Ir => ir::read(path),
            Kind::Package => manifest::read_package(path),
            Kind::Commands => manifest::read_commands(path),
            Kind::C => c::read(path, &unit.owner, settings),
            Kind::Rust => rust::read(unit, unit.work.files(), settings, wanted),
        },
    }
}
