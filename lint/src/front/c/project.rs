//! Finds the project of a C file: its headers, and the arguments that it is compiled with.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use serde::Deserialize;

use super::build::{self, Said};
use crate::front::architecture;
use crate::front::loaders::Sources;
use crate::input::{Kind, walk};

/// A folder tree that belongs together.
#[derive(Debug, Default)]
pub(super) struct Project {
    /// Its top.
    pub(super) root: PathBuf,
    /// Headers below it, by their own name.
    headers: OnceLock<HashMap<String, Vec<PathBuf>>>,
    /// What its build files tell the compiler.
    build: OnceLock<Vec<build::Command>>,
    /// Its loaders and programs.
    sources: OnceLock<Sources>,
    /// How files are compiled, by absolute path.
    commands: OnceLock<HashMap<PathBuf, Arc<Entry>>>,
}

/// An entry of `compile_commands.json`.
#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    directory: PathBuf,
    file: PathBuf,
    #[serde(default)]
    arguments: Vec<String>,
    #[serde(default)]
    command: String,
}

/// Folders in which a build leaves its `compile_commands.json`.
const BUILD_FOLDERS: &[&str] = &["", "build", "builddir", "out", ".output"];

/// What says that a folder is the top of a project.
const TOPS: &[&str] = &[
    ".git",
    ".hg",
    "compile_commands.json",
    "Cargo.lock",
    "go.mod",
];

static PROJECTS: Mutex<Option<HashMap<PathBuf, Arc<Project>>>> = Mutex::new(None);

impl Project {
    /// The project of a file.
    pub(super) fn of(path: &Path) -> Arc<Self> {
        let folder = path.parent().unwrap_or(Path::new("/"));
        let top = folder
            .ancestors()
            .find(|folder| TOPS.iter().any(|name| folder.join(name).exists()));
        // Without a sign of a project, it is what the user works in.
        let here = std::env::current_dir().ok();
        let here = here.filter(|here| here.parent().is_some() && folder.starts_with(here));
        let root = match top {
            Some(top) => top.to_owned(),
            None => here.unwrap_or_else(|| folder.to_owned()),
        };
        let Ok(mut projects) = PROJECTS.lock() else {
            return Arc::default();
        };
        let projects = projects.get_or_insert_default();
        let new = || {
            Arc::new(Self {
                root: root.clone(),
                ..Self::default()
            })
        };
        Arc::clone(projects.entry(root.clone()).or_insert_with(new))
    }

    /// Its loaders and programs.
    pub(super) fn sources(&self) -> &Sources {
        self.sources.get_or_init(|| Sources::of(&self.root))
    }

    /// The folder that makes `#include "name"` work, if a header of the project is called so and `fits`.
    /// The one nearest to `from` if there are several, and rather not that of another architecture.
    pub(super) fn folder_with(
        &self,
        name: &str,
        from: &Path,
        architecture: &str,
        fits: &dyn Fn(&Path) -> bool,
    ) -> Option<PathBuf> {
        let wanted = Path::new(name);
        let shared = |path: &Path| {
            let pairs = path.components().zip(from.components());
            pairs.take_while(|(a, b)| a == b).count()
        };
        let rank = |path: &&PathBuf| {
            let inside = path.strip_prefix(&self.root).unwrap_or(path);
            (
                !architecture::is_of_another(inside, architecture),
                shared(path),
                std::cmp::Reverse(path.components().count()),
            )
        };
        let fitting = self.named(name)?.iter();
        let found = fitting
            .filter(|path| path.ends_with(wanted) && fits(path))
            .max_by_key(rank)?;
        let depth = wanted.components().count();
        found.ancestors().nth(depth).map(Path::to_owned)
    }

    /// What a header that is made at build time is made from: `name` with `.in` behind it.
    pub(super) fn template(&self, name: &str) -> Option<&Path> {
        self.named(&format!("{name}.in"))?
            .first()
            .map(PathBuf::as_path)
    }

    /// The headers whose own name is the last part of `name`.
    fn named(&self, name: &str) -> Option<&Vec<PathBuf>> {
        let headers = self.headers.get_or_init(|| {
            let mut headers: HashMap<String, Vec<PathBuf>> = HashMap::new();
            let all = |_: &Path| true;
            for path in walk::files(&self.root, &all) {
                if let Some(name) = path.file_name() {
                    let name = name.to_string_lossy().into_owned();
                    // A test may include a whole program.
                    if [".h", ".h.in", ".c"].iter().any(|end| name.ends_with(end)) {
                        headers.entry(name).or_default().push(path);
                    }
                }
            }
            headers
        });
        let last = Path::new(name).file_name()?.to_string_lossy();
        headers.get(last.as_ref())
    }

    /// What the project's build files tell the compiler about a file.
    pub(super) fn said(&self, path: &Path) -> Said {
        let commands = self.build.get_or_init(|| {
            let files = walk::files(&self.root, &|_: &Path| true).into_iter();
            let builds = files.filter(|path| {
                // A database of commands has more to say, and is asked first.
                Kind::of(path) == Some(Kind::Commands) && !path.ends_with("compile_commands.json")
                    || path.ends_with("build.rs")
            });
            builds
                .flat_map(|path| build::commands(&path, &self.root))
                .collect()
        });
        Said::of(path, commands)
    }

    /// The compiler's arguments for a file, out of `compile_commands.json`.
    pub(super) fn command(&self, path: &Path) -> Option<Vec<String>> {
        let commands = self.commands.get_or_init(|| {
            let mut commands = HashMap::new();
            for folder in BUILD_FOLDERS {
                let file = self.root.join(folder).join("compile_commands.json");
                let Ok(text) = std::fs::read(file) else {
                    continue;
                };
                let entries: Vec<Entry> = serde_json::from_slice(&text).unwrap_or_default();
                for entry in entries {
                    let path = walk_up(&entry.directory.join(&entry.file));
                    commands.entry(path).or_insert(Arc::new(entry));
                }
            }
            commands
        });
        let entry = commands.get(path)?;
        let words = match entry.arguments.as_slice() {
            [] => shell_words(&entry.command),
            words => words.to_vec(),
        };
        let mut arguments = useful(words.into_iter().skip(1), entry);
        arguments.push("-working-directory".to_owned());
        arguments.push(entry.directory.to_string_lossy().into_owned());
        Some(arguments)
    }
}

/// The arguments that say how a file is understood, without those that say what comes of it.
fn useful(words: impl Iterator<Item = String>, entry: &Entry) -> Vec<String> {
    let mut kept = Vec::new();
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-o" | "-MF" | "-MT" | "-MQ" | "-Xlinker" => {
                words.next();
            }
            "-c" | "-S" | "-E" | "-emit-llvm" | "-g" | "-v" | "-Werror" | "--" => {}
            _ if word.starts_with("-M") || word.starts_with("-W") => {}
            _ if Path::new(&word) == entry.file => {}
            _ => kept.push(word),
        }
    }
    kept
}

/// A path without `.` and `..`, whether or not it exists.
fn walk_up(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                clean.pop();
            }
            std::path::Component::CurDir => {}
            part => clean.push(part),
        }
    }
    clean
}

/// Splits a command line as a shell does, as far as compilers' arguments need it.
fn shell_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(next) = chars.next() {
        match (quote, next) {
            (Some(open), close) if open == close => quote = None,
            (None, '"' | '\'') => {
                quote = Some(next);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(chars.next()),
            (None, space) if space.is_whitespace() => words.extend(word.take()),
            (_, other) => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::{shell_words, walk_up};
    use std::path::Path;

    #[test]
    fn splits_words() {
        let line = r#"clang -DNAME=\"x\" '-DA=b c' "-Id e" -c a.c"#;
        let words = ["clang", "-DNAME=\"x\"", "-DA=b c", "-Id e", "-c", "a.c"];
        assert_eq!(shell_words(line), words);
    }

    #[test]
    fn cleans_paths() {
        assert_eq!(walk_up(Path::new("/a/b/../c/./d.c")), Path::new("/a/c/d.c"));
    }
}
