//! Turns the paths that the user names into units of work.

pub mod built;
pub mod discover;
mod fragments;
mod loader;
pub mod manifest;
pub mod metadata;
pub mod walk;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bpf_core_btf::object;
use bpf_core_kernel_facts::Program;

use self::manifest::Settings;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Rust source.
    Rust,
    /// C source.
    C,
    /// An eBPF object.
    Object,
    /// LLVM IR, as text or bitcode.
    Ir,
    /// The manifest of a Cargo package, with what else says how it is built.
    Package,
    /// A build file with commands.
    Commands,
}

impl Kind {
    /// The kind of a file by its name. `None` for a file that no front end reads.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        if path.file_name()? == "Cargo.toml" {
            return Some(Self::Package);
        }
        if has_commands(path) {
            return Some(Self::Commands);
        }
        match path.extension()?.to_str()? {
            "go" => Some(Self::Commands),
            "rs" => Some(Self::Rust),
            "c" | "h" => Some(Self::C),
            "o" => Some(Self::Object),
            "ll" | "bc" => Some(Self::Ir),
            _ => None,
        }
    }
}

impl Kind {
    /// The kind of a file by its first bytes, for a file without an extension, such as an object
    /// that Cargo makes.
    #[must_use]
    pub fn of_contents(path: &Path) -> Option<Self> {
        let mut head = Vec::new();
        let file = File::open(path).ok()?;
        file.take(object::HEAD as u64).read_to_end(&mut head).ok()?;
        if object::is_object(&head) {
            Some(Self::Object)
        } else {
            head.starts_with(b"BC\xc0\xde").then_some(Self::Ir)
        }
    }
}

/// Whether a file is one that has commands.
fn has_commands(path: &Path) -> bool {
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

/// Whether a C file is a program for the kernel: by its name, or by its sections.
#[must_use]
pub fn is_ebpf_source(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name.ends_with(".bpf.c") || name.ends_with(".ebpf.c") {
        return true;
    }
    // libbpf's own library, which projects carry along, names programs' sections and headers.
    if name == "libbpf.c" {
        return false;
    }
    if !name.ends_with(".c") {
        return false;
    }
    let mut words = Words::default();
    words.look(path, 0);
    words.has_section && words.has_header
}

/// What says that a C file is a program for the kernel. A header beside it may have its programs, and include
/// libbpf's.
#[derive(Default)]
struct Words {
    has_section: bool,
    has_header: bool,
    seen: Vec<PathBuf>,
}

impl Words {
    /// Headers of headers, as deep as this.
    const DEEPEST: usize = 3;

    /// No hand writes a longer one.
    const LONGEST: u64 = 1 << 20;

    fn look(&mut self, path: &Path, depth: usize) {
        let is_small = path
            .metadata()
            .is_ok_and(|found| found.len() < Self::LONGEST);
        if !is_small || self.seen.iter().any(|seen| seen == path) {
            return;
        }
        self.seen.push(path.to_owned());
        let text = std::fs::read(path).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let mut lines = text.lines();
        let is_section = |line: &str| line.contains("SEC(") || line.contains("section(\"");
        self.has_section |= lines.any(|line| is_section(line) && !line.contains("define"));
        self.has_header |= text.contains("bpf_helpers.h") || text.contains("vmlinux.h");
        // The header of the macro may be found only by the build.
        let is_program = depth == 0 && text.lines().any(begins_program);
        self.has_header |= is_program;
        // What loads a program shares headers with it.
        if depth == 0 && !is_program && (text.contains("bpf/libbpf.h") || text.contains(".skel.h"))
        {
            return;
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let directives = text
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix('#'));
        for directive in directives {
            if self.has_section && self.has_header || depth == Self::DEEPEST {
                return;
            }
            let quoted = directive.trim_start().strip_prefix("include \"");
            let name = quoted.and_then(|rest| rest.split('"').next());
            // The object in a skeleton is no source.
            if let Some(name) = name.filter(|name| !name.ends_with(".skel.h")) {
                self.look(&folder.join(name), depth + 1);
            }
        }
    }
}

/// Whether a line puts a function into a section of programs, `SEC("tc")`, or has the licence of one.
fn begins_program(line: &str) -> bool {
    let start = line.trim_start();
    let mut names = ["SEC(\"", "__section(\""].iter();
    let rest = names.find_map(|name| start.strip_prefix(name));
    let section = rest.and_then(|rest| rest.split('"').next());
    line.contains("SEC(\"license\")")
        || line.contains("__section(\"license\")")
        || section.is_some_and(|section| Program::of_section(section).is_some())
}

/// Whether a file with commands has one for a program: a Go file need have none.
fn generates(path: &Path) -> bool {
    path.extension().is_none_or(|extension| extension != "go")
        || std::fs::read_to_string(path).is_ok_and(|text| text.contains("//go:generate"))
}

/// A part of the work: files that are read and judged together.
#[derive(Debug)]
pub struct Unit {
    /// The files.
    pub work: Work,
    /// The package that the files belong to.
    pub owner: Arc<Owner>,
}

/// The files of a unit, by what is done with them.
#[derive(Debug)]
pub enum Work {
    /// The Rust sources of a package, sorted.
    RustCrate(Vec<PathBuf>),
    /// A file that is understood alone.
    File(Kind, PathBuf),
}

impl Work {
    /// The files that it starts from.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        match self {
            Self::RustCrate(files) => files,
            Self::File(_, file) => std::slice::from_ref(file),
        }
    }
}

/// The package that a unit belongs to, or a stand-in for files outside of any.
#[derive(Clone, Debug, Default)]
pub struct Owner {
    /// What JSON messages name, as Cargo writes it.
    pub package_id: String,
    /// Its `Cargo.toml`, or nothing.
    pub manifest_path: Option<PathBuf>,
    /// Its name.
    pub name: String,
    /// Its main target's kind (`bin` or `lib`).
    pub target_kind: String,
    /// Its main target's file.
    pub src_path: PathBuf,
    /// Whether it is a program for the kernel. `None` if only its files can tell.
    pub ebpf: Option<bool>,
    /// The settings for the linter: those of the workspace, then those of the package.
    pub settings: Vec<Settings>,
    /// The loader that the project names, for the object or by its dependencies, if it names one.
    pub loader: Option<String>,
}
