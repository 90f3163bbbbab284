//! Who loads an object file: the commands and the sources of its project that name it.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::commands::{By, is_it, loads};
use super::walk;

/// No hand writes a longer one.
const LONGEST: u64 = 1 << 20;

/// What carries other people's sources, and files for tests.
const FOREIGN: [&str; 6] = [
    "deps",
    "external",
    "libbpf",
    "testdata",
    "third_party",
    "vendor",
];

/// The texts of projects that say how objects are loaded, by the folder of the project.
#[derive(Debug, Default)]
pub(in crate::input) struct Projects {
    known: HashMap<PathBuf, Project>,
}

/// What is in a project.
#[derive(Debug, Default)]
struct Project {
    /// Texts with commands or calls that load objects.
    texts: Vec<(PathBuf, String)>,
    /// What its sources in C or C++ load by.
    in_c: Option<By>,
}

/// What a project says of an object.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::input) enum Said {
    /// It names the object, and this loader with it.
    Loader(&'static str),
    /// It names the object, and several loaders or one whose limits are not known.
    Several,
    /// Nothing names the object.
    Nothing,
}

impl Projects {
    /// Who loads an object.
    pub(in crate::input) fn loader_of(&mut self, object: &Path) -> Said {
        let name = object.file_name().unwrap_or_default().to_string_lossy();
        let texts = &self.around(object).texts;
        let of_text = |(path, text): &(PathBuf, String)| match language(path) {
            Language::Other => loads(text, &name),
            language => call(language, text, &name)
                .into_iter()
                .chain(loads(text, &name))
                .collect(),
        };
        let mut by: Vec<By> = texts.iter().flat_map(of_text).collect();
        by.sort();
        by.dedup();
        match by[..] {
            [] => Said::Nothing,
            [By::Named(loader)] => Said::Loader(loader),
            _ => Said::Several,
        }
    }

    /// The loader of the sources in C around an object that nothing names.
    pub(in crate::input) fn of_sources_in_c(&mut self, object: &Path) -> Option<&'static str> {
        match self.around(object).in_c? {
            By::Named(loader) => Some(loader),
            By::Other => None,
        }
    }

    fn around(&mut self, object: &Path) -> &Project {
        let folder = object.parent().unwrap_or(Path::new(""));
        let mut above = folder.ancestors();
        let top = above
            .find(|folder| folder.join(".git").exists())
            .unwrap_or(folder);
        let known = self.known.entry(top.to_owned());
        known.or_insert_with(|| Project::below(top))
    }
}

impl Project {
    fn below(top: &Path) -> Self {
        let is_own = |path: &Path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            !FOREIGN.contains(&&*name)
        };
        let mut project = Self::default();
        for path in walk::files(top, &is_own) {
            let is_small = fs::metadata(&path).is_ok_and(|file| file.len() <= LONGEST);
            let Some(text) = (is_small && may_say(&path))
                .then(|| fs::read_to_string(&path).ok())
                .flatten()
            else {
                continue;
            };
            let by = library(language(&path), &text);
            if language(&path) == Language::C {
                project.in_c = project.in_c.max(by);
            }
            if by.is_some() || COMMANDS.iter().any(|word| text.contains(word)) {
                project.texts.push((path, text));
            }
        }
        project
    }
}

/// Each text with commands that load an object has one of these.
const COMMANDS: [&str; 6] = [" obj", "'obj", "\"obj", "bpfman", "bpftool", "xdp-loader"];

/// Whether a file may say how an object is loaded, by its name.
fn may_say(path: &Path) -> bool {
    let known = [
        "adoc", "bash", "c", "cc", "cpp", "go", "h", "hpp", "in", "md", "mk", "py", "rs", "rst",
        "service", "sh", "txt", "yaml", "yml",
    ];
    let end = path.extension().map(|end| end.to_string_lossy());
    end.is_none_or(|end| known.contains(&&*end))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    C,
    Go,
    Rust,
    Other,
}

fn language(path: &Path) -> Language {
    match path.extension().and_then(|end| end.to_str()) {
        Some("c" | "cc" | "cpp" | "h" | "hpp") => Language::C,
        Some("go") => Language::Go,
        Some("rs") => Language::Rust,
        _ => Language::Other,
    }
}

/// The library that a source loads objects by.
fn library(language: Language, text: &str) -> Option<By> {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match language {
        // A program for the kernel, and what names no library.
        Language::C if has(&["SEC(\""]) => None,
        Language::C
            if has(&[
                "load_bpf_file(",
                "bpf_program__set_type(",
                "libbpf_register_prog_handler(",
            ]) =>
        {
            Some(By::Other)
        }
        Language::C => has(&["bpf/libbpf.h", "libbpf.h>", ".skel.h\"", "bpf_object__open"])
            .then_some(By::Named("libbpf")),
        Language::Go if has(&["iovisor/gobpf"]) => Some(By::Other),
        Language::Go if has(&["aquasecurity/libbpfgo"]) => Some(By::Named("libbpf")),
        Language::Go => has(&["cilium/ebpf\""]).then_some(By::Named("cilium")),
        Language::Rust if has(&["redbpf"]) => Some(By::Other),
        Language::Rust if has(&["libbpf_rs"]) => Some(By::Named("libbpf")),
        Language::Rust => has(&["aya::", "include_bytes_aligned!"]).then_some(By::Named("aya")),
        Language::Other => None,
    }
}

/// What a source loads an object by, where it has its name as a text: `Ebpf::load_file("bpf/tc.o")`.
fn call(language: Language, text: &str, object: &str) -> Option<By> {
    let by = library(language, text)?;
    let embedded = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("//go:embed "));
    let mut literals = text.split('"').skip(1).step_by(2).chain(embedded);
    literals.any(|literal| is_it(literal, object)).then_some(by)
}
