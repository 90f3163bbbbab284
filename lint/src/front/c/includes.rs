//! Finds the headers of a C file before it is parsed: its `vmlinux.h`, the folders that the search
//! lacks, and the headers that nobody has.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::builtin;
use super::conditions::{Branches, Macros};
use super::project::Project;
use crate::front::architecture;

/// What is known about the headers of a file.
#[derive(Debug, Default)]
pub(super) struct Includes {
    /// Folders to add to the search, because a header of the project is found in no other way.
    pub(super) folders: Vec<PathBuf>,
    /// The `vmlinux.h` that is included.
    pub(super) vmlinux: Option<Vmlinux>,
    /// Whether one of libbpf's headers is not the project's own.
    pub(super) lacks_libbpf: bool,
    /// Headers that nobody has, as the directives name them.
    pub(super) missing: Vec<String>,
    /// Names of the project that the made `vmlinux.h` has for something else.
    pub(super) renamed: BTreeSet<String>,
    /// Headers of the project that were met, absolute.
    pub(super) read: Vec<PathBuf>,
    /// Names that are defined in front of `vmlinux.h`.
    pub(super) defined: Vec<String>,
    /// Whether something asks for what only a compiler for the machine itself defines.
    pub(super) asks_for_machine: bool,
}

/// A file's `vmlinux.h`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Vmlinux {
    /// The project has one.
    File(PathBuf),
    /// The project has one, and the directive names another folder: `bpf/vmlinux/vmlinux.h`, where it is installed.
    Installed {
        /// The project's.
        file: PathBuf,
        /// As the directive names it.
        name: String,
    },
    /// It is made at build time. As the directive names it.
    Missing(String),
}

/// Headers of headers, as deep as this.
const MAX_DEPTH: usize = 24;

/// No hand writes a header that is longer; those that are made (`vmlinux.h`) include nothing.
const MAX_LEN: u64 = 1 << 20;

/// A `vmlinux.h` that is shorter has only what some programs read: it is for the files beside it and below.
const WHOLE: u64 = 256 << 10;

/// What the search starts with.
pub(super) struct Search<'s> {
    pub(super) project: &'s Project,
    /// The folders of the compiler's arguments.
    pub(super) folders: &'s [PathBuf],
    /// As `__TARGET_ARCH_x86` names it.
    pub(super) architecture: &'s str,
}

impl Includes {
    /// Follows the `#include`s of `text`, the text of `path`.
    pub(super) fn of(path: &Path, text: &str, search: &Search<'_>, macros: &Macros) -> Self {
        let mut follower = Follower {
            search,
            macros: macros.clone(),
            seen: HashSet::new(),
            found: Self::default(),
        };
        follower.follow(path, text, 0);
        follower.found
    }

    /// Notes a header that nobody has. Whether it is new.
    pub(super) fn lack(&mut self, name: &str) -> bool {
        let is_new = !self.missing.iter().any(|one| one == name);
        if is_new {
            self.lacks_libbpf |= builtin::libbpfs(name).is_some();
            self.missing.push(name.to_owned());
        }
        is_new
    }
}

struct Follower<'s> {
    search: &'s Search<'s>,
    macros: Macros,
    seen: HashSet<PathBuf>,
    found: Includes,
}

impl Follower<'_> {
    fn follow(&mut self, path: &Path, text: &str, depth: usize) {
        let mut branches = Branches::default();
        for (name, rest) in directives(text) {
            self.found.asks_for_machine |= name != "define" && architecture::is_asked(rest);
            let answered = match name {
                "if" | "elif" => self.headers_asked(path, rest),
                _ => None,
            };
            let condition = answered.as_deref().unwrap_or(rest);
            if branches.take(name, condition, &self.macros) || !branches.is_live() {
                continue;
            }
            match name {
                "define" => {
                    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                    let (name, text) = rest.split_at(end.unwrap_or(rest.len()));
                    self.macros.define(name, text);
                    if self.found.vmlinux.is_none() && depth == 0 {
                        self.found.defined.push(name.to_owned());
                    }
                }
                "include" => {
                    if let Some((name, is_quoted)) = header(rest) {
                        self.include(path, name, is_quoted, depth);
                    }
                }
                _ => {}
            }
        }
    }

    /// A condition with the answer in place of each `__has_include("name")`.
    fn headers_asked(&mut self, path: &Path, condition: &str) -> Option<String> {
        const ASKS: &str = "__has_include(";
        let mut answered = condition.to_owned();
        while let Some(at) = answered.find(ASKS) {
            let end = at + answered[at..].find(')')?;
            let (name, is_quoted) = header(answered[at + ASKS.len()..end].trim_start())?;
            let name = name.to_owned();
            let found = self.find(path, &name, is_quoted, is_vmlinux(&name));
            let has = found.is_some() || builtin::has(&name);
            answered.replace_range(at..=end, if has { "1" } else { "0" });
        }
        Some(answered)
    }

    fn include(&mut self, path: &Path, name: &str, is_quoted: bool, depth: usize) {
        let is_vmlinux = is_vmlinux(name);
        let Some(found) = self.find(path, name, is_quoted, is_vmlinux) else {
            if is_vmlinux {
                let name = name.to_owned();
                let vmlinux = match self.installed(path, &name) {
                    Some(file) => Vmlinux::Installed { file, name },
                    None => Vmlinux::Missing(name),
                };
                self.found.vmlinux.get_or_insert(vmlinux);
                self.macros.define("__VMLINUX_H__", "1");
            } else if builtin::has(name) {
                self.found.lacks_libbpf = true;
            } else if !builtin::is_compilers(name) && self.found.lack(name) {
                self.template(name, depth);
            }
            return;
        };
        if is_vmlinux {
            let file = Vmlinux::File(found.clone());
            self.found.vmlinux.get_or_insert(file);
            self.macros.define("__VMLINUX_H__", "1");
        }
        let root = &self.search.project.root;
        if depth < MAX_DEPTH && found.starts_with(root) && self.seen.insert(found.clone()) {
            self.found.read.push(found.clone());
            let is_small = found
                .metadata()
                .is_ok_and(|metadata| metadata.len() < MAX_LEN);
            if is_small
                && !is_vmlinux
                && let Ok(text) = fs::read_to_string(&found)
            {
                self.follow(&found, &text, depth + 1);
            }
        }
    }

    /// The `vmlinux.h` beside a file that names one in a folder of the system.
    fn installed(&self, path: &Path, name: &str) -> Option<PathBuf> {
        let (_, last) = name.rsplit_once('/')?;
        let own = path.with_file_name(last);
        (own.is_file() && is_whole(&own)).then_some(own)
    }

    /// What a template includes, it finds beside itself: the build puts the header there, or searches there.
    fn template(&mut self, name: &str, depth: usize) {
        let Some(path) = self.search.project.template(name) else {
            return;
        };
        self.found.folders.extend(path.parent().map(Path::to_owned));
        if depth < MAX_DEPTH
            && let Ok(text) = fs::read_to_string(path)
        {
            self.follow(path, &text, depth + 1);
        }
    }

    fn find(
        &mut self,
        path: &Path,
        name: &str,
        is_quoted: bool,
        is_vmlinux: bool,
    ) -> Option<PathBuf> {
        let here = path.parent().unwrap_or(Path::new(""));
        let beside = is_quoted.then_some(here).into_iter();
        let given = self.search.folders.iter().map(PathBuf::as_path);
        let found = beside
            .chain(given)
            .chain(self.found.folders.iter().map(PathBuf::as_path))
            .map(|folder| folder.join(name))
            .find(|path| path.is_file());
        if found.is_some() {
            return found;
        }
        // A system's own headers are the compiler's business.
        if !is_vmlinux && !builtin::has(name) {
            let system = system_folders().map(|folder| folder.join(name));
            if let Some(system) = system.into_iter().find(|path| path.is_file()) {
                return Some(system);
            }
        }
        let architecture = self.search.architecture;
        let root = &self.search.project.root;
        let fits = |path: &Path| {
            let inside = path.strip_prefix(root).unwrap_or(path);
            !is_vmlinux
                || !architecture::is_of_another(inside, architecture)
                    && (path.parent().is_some_and(|folder| here.starts_with(folder))
                        || is_whole(path))
        };
        let project = self.search.project;
        let folder = project.folder_with(name, path, architecture, &fits)?;
        self.found.folders.push(folder.clone());
        Some(folder.join(name))
    }
}

/// Whether a `vmlinux.h` has a kernel's types, or includes the header that has them.
fn is_whole(path: &Path) -> bool {
    let includes = |path| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let mut headers = directives(&text).filter(|(name, _)| *name == "include");
        headers.any(|(_, rest)| header(rest).is_some_and(|(name, _)| is_vmlinux(name)))
    };
    path.metadata().is_ok_and(|found| found.len() >= WHOLE) || includes(path)
}

/// The folders of the host's headers, the ones of its architecture first.
pub(super) fn system_folders() -> [PathBuf; 2] {
    let arch = std::env::consts::ARCH;
    [
        format!("/usr/include/{arch}-linux-gnu").into(),
        "/usr/include".into(),
    ]
}

/// Whether a header has the kernel's types: `vmlinux.h`, `vmlinux_x86.h`, `vmlinux-v7.0.h`.
fn is_vmlinux(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    let stem = name
        .strip_prefix("vmlinux")
        .and_then(|rest| rest.strip_suffix(".h"));
    stem.is_some_and(|rest| {
        rest.is_empty()
            || rest.starts_with(['-', '_', '.', '0', '1', '2', '3', '4', '5', '6', '7'])
                && ![
                    "flavor", "flavour", "extra", "missing", "compat", "local", "types", "ext",
                ]
                .iter()
                .any(|word| rest.contains(word))
    })
}

/// The directives: the word behind `#`, and what follows it without a comment.
fn directives(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(directive)
}

/// The directive of a line, if it is one.
pub(super) fn directive(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start().strip_prefix('#')?.trim_start();
    let end = line.find(|c: char| !c.is_ascii_alphabetic());
    let (name, rest) = line.split_at(end.unwrap_or(line.len()));
    let rest = rest.split("/*").next().unwrap_or(rest);
    let rest = match name {
        "include" => rest,
        _ => rest.split("//").next().unwrap_or(rest),
    };
    Some((name, rest.trim_end_matches('\\').trim()))
}

/// The header that `#include` names, and whether it stands in quotes.
fn header(rest: &str) -> Option<(&str, bool)> {
    let (close, is_quoted) = match rest.chars().next()? {
        '"' => ('"', true),
        '<' => ('>', false),
        _ => return None,
    };
    let rest = &rest[1..];
    Some((&rest[..rest.find(close)?], is_quoted))
}

#[cfg(test)]
mod tests {
    use super::{directives, header, is_vmlinux};

    #[test]
    fn reads_directives() {
        let text = "#include \"a.h\"\n  # include <b/c.h> // x\n#define include\n// #include <d>\n#if A /* b */\n";
        let found: Vec<_> = directives(text).collect();
        let expected = [
            ("include", "\"a.h\""),
            ("include", "<b/c.h> // x"),
            ("define", "include"),
            ("if", "A"),
        ];
        assert_eq!(found, expected);
        assert_eq!(header("<b/c.h> // x"), Some(("b/c.h", false)));
        assert_eq!(header("NAME"), None);
    }

    #[test]
    fn knows_vmlinux() {
        for name in [
            "vmlinux.h",
            "a/vmlinux.h",
            "vmlinux_x86.h",
            "vmlinux-v7.0.h",
            "vmlinux_614.h",
        ] {
            assert!(is_vmlinux(name), "{name}");
        }
        for name in [
            "vmlinux_flavors.h",
            "vmlinux.hpp",
            "my_vmlinux.h",
            "vmlinuz.h",
        ] {
            assert!(!is_vmlinux(name), "{name}");
        }
    }
}
