//! Finds the headers of a C file before it is parsed: its `vmlinux.h`, the folders that the search
//! lacks, and the headers that are not on this machine.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::project::Project;

/// What is known about the headers of a file.
#[derive(Debug, Default)]
pub(super) struct Includes {
    /// Folders to add to the search, because a header of the project is found in no other way.
    pub(super) folders: Vec<PathBuf>,
    /// The `vmlinux.h` that is included.
    pub(super) vmlinux: Option<Vmlinux>,
    /// Whether one of libbpf's headers is not on this machine.
    pub(super) lacks_libbpf: bool,
    /// Headers of the project that were met, absolute.
    pub(super) read: Vec<PathBuf>,
}

/// A file's `vmlinux.h`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Vmlinux {
    /// The project has one.
    File(PathBuf),
    /// It is made at build time.
    Missing,
}

/// Headers of headers, as deep as this.
const MAX_DEPTH: usize = 24;

/// No hand writes a header that is longer; those that are made (`vmlinux.h`) include nothing.
const MAX_LEN: u64 = 1 << 20;

impl Includes {
    /// Follows the `#include`s of `text`, the text of `path`. `search` are the folders of the
    /// compiler's arguments.
    pub(super) fn of(path: &Path, text: &str, project: &Project, search: &[PathBuf]) -> Self {
        let mut includes = Self::default();
        let mut seen = HashSet::new();
        includes.follow(path, text, project, search, &mut seen, 0);
        includes
    }

    fn follow(
        &mut self,
        path: &Path,
        text: &str,
        project: &Project,
        search: &[PathBuf],
        seen: &mut HashSet<PathBuf>,
        depth: usize,
    ) {
        let here = path.parent().unwrap_or(Path::new(""));
        for (name, quoted) in directives(text) {
            let beside = quoted.then_some(here).into_iter();
            let given = search.iter().map(PathBuf::as_path);
            let found = beside
                .chain(given)
                .chain(self.folders.iter().map(PathBuf::as_path))
                .map(|folder| folder.join(name))
                .find(|path| path.is_file());
            let is_vmlinux = Path::new(name)
                .file_name()
                .is_some_and(|name| name == "vmlinux.h");
            let found = found.or_else(|| {
                // A system's own headers are the compiler's business.
                let system = Path::new("/usr/include").join(name);
                if system.is_file() && !is_vmlinux {
                    return Some(system);
                }
                let folder = project.folder_with(name, path)?;
                self.folders.push(folder.clone());
                Some(folder.join(name))
            });
            let Some(found) = found else {
                if is_vmlinux {
                    self.vmlinux.get_or_insert(Vmlinux::Missing);
                } else if name.starts_with("bpf/") || name.starts_with("bpf_") {
                    self.lacks_libbpf |= super::builtin::has(name);
                }
                continue;
            };
            if is_vmlinux {
                self.vmlinux.get_or_insert(Vmlinux::File(found.clone()));
            }
            if depth < MAX_DEPTH && found.starts_with(&project.root) && seen.insert(found.clone()) {
                self.read.push(found.clone());
                let small = found
                    .metadata()
                    .is_ok_and(|metadata| metadata.len() < MAX_LEN);
                if small
                    && !is_vmlinux
                    && let Ok(text) = fs::read_to_string(&found)
                {
                    self.follow(&found, &text, project, search, seen, depth + 1);
                }
            }
        }
    }
}

/// The names in `#include` lines, and whether they stand in quotes.
fn directives(text: &str) -> impl Iterator<Item = (&str, bool)> {
    text.lines().filter_map(|line| {
        let line = line.trim_start().strip_prefix('#')?.trim_start();
        let rest = line.strip_prefix("include")?.trim_start();
        let (close, quoted) = match rest.chars().next()? {
            '"' => ('"', true),
            '<' => ('>', false),
            _ => return None,
        };
        let rest = &rest[1..];
        Some((&rest[..rest.find(close)?], quoted))
    })
}

#[cfg(test)]
mod tests {
    use super::directives;

    #[test]
    fn reads_directives() {
        let text = "#include \"a.h\"\n  # include <b/c.h> // x\n#define include\n// #include <d>\n";
        let found: Vec<_> = directives(text).collect();
        assert_eq!(found, [("a.h", true), ("b/c.h", false)]);
    }
}
