//! Finds what a project's build files tell the compiler about a program for the kernel: `-D`, `-I`, `-include`, `-std`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::front::manifest;

/// A command of a build file that compiles programs.
#[derive(Debug)]
pub(super) struct Command {
    /// The build file.
    file: PathBuf,
    /// The C files that it names, in the folder of the build file or in that of the project.
    sources: Vec<PathBuf>,
    /// Whether it makes code, and is no list of flags for other commands.
    makes_code: bool,
    /// The version of C: `-std=gnu2x`.
    standard: Option<String>,
    /// What it defines, as `NAME=text`.
    defines: Vec<String>,
    /// Its other arguments, without paths that do not exist.
    others: Vec<String>,
}

/// The commands in one of the project's files.
pub(super) fn commands(path: &Path, root: &Path) -> Vec<Command> {
    let all = manifest::words_for_compilers(path).into_iter();
    all.map(|words| Command::new(path, root, &words)).collect()
}

impl Command {
    fn new(file: &Path, root: &Path, words: &[String]) -> Self {
        let folder = file.parent().unwrap_or(root);
        let mut command = Self {
            file: file.to_owned(),
            sources: Vec::new(),
            makes_code: words
                .iter()
                .any(|word| matches!(word.as_str(), "-c" | "-S" | "-emit-llvm")),
            standard: None,
            defines: Vec::new(),
            others: Vec::new(),
        };
        let mut words = words.iter().map(String::as_str);
        while let Some(word) = words.next() {
            let source = word.rsplit('/').next().unwrap_or(word);
            // A build script may compile C++ as well.
            if word.starts_with("-std=") && !word.contains("++") {
                command.standard = Some(word.to_owned());
            }
            let option = ["-D", "-include", "-isystem", "-iquote", "-idirafter", "-I"]
                .into_iter()
                .find(|option| word.starts_with(option));
            let Some(option) = option else {
                // `%.bpf.c` and `*.c` are for every file.
                if source.ends_with(".c") && !source.contains(['%', '*', '$', '{']) {
                    command.sources.push(place(word, folder, root));
                }
                continue;
            };
            let value = match &word[option.len()..] {
                "" => words.next().unwrap_or_default(),
                value => value,
            };
            if option == "-D" {
                // What depends on a variable that nobody set is not known.
                if !value.is_empty() && !value.contains(['$', '{', '@']) {
                    command.defines.push(value.to_owned());
                }
                continue;
            }
            let place = place(value, folder, root);
            if place.exists() && option == "-include" || place.is_dir() {
                command.others.push(option.to_owned());
                command.others.push(place.to_string_lossy().into_owned());
            }
        }
        command
    }
}

/// What the build says about a file.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Arguments for the compiler.
    pub(super) arguments: Vec<String>,
    /// The build files that say so.
    pub(super) by: Vec<PathBuf>,
}

/// A path of a command. Builds name the folder that they are in, and the project's.
fn place(value: &str, folder: &Path, root: &Path) -> PathBuf {
    const HERE: &[&str] = &[
        "$(CURDIR)/",
        "$(PWD)/",
        "${CMAKE_CURRENT_SOURCE_DIR}/",
        "${CMAKE_CURRENT_LIST_DIR}/",
    ];
    const TOP: &[&str] = &["${CMAKE_SOURCE_DIR}/", "${PROJECT_SOURCE_DIR}/"];
    let behind = |names: &[&str]| names.iter().find_map(|name| value.strip_prefix(name));
    match (behind(HERE), behind(TOP)) {
        (Some(rest), _) => folder.join(rest),
        (_, Some(rest)) => root.join(rest),
        _ => folder.join(value),
    }
}

impl Said {
    /// Of the commands that name the file, or else of the nearest build file above it that names none. A name
    /// that only some of these commands define is left open.
    pub(super) fn of(file: &Path, commands: &[Command]) -> Self {
        let name = file.file_name();
        let naming = |one: &&Command| one.sources.iter().any(|source| source.file_name() == name);
        let above = |one: &&Command| {
            one.sources.is_empty()
                && one
                    .file
                    .parent()
                    .is_some_and(|above| file.starts_with(above))
        };
        let mut chosen: Vec<&Command> = commands.iter().filter(naming).collect();
        if chosen.is_empty() {
            chosen = commands.iter().filter(above).collect();
        }
        // Two folders may each have a file of this name.
        let path = fs::canonicalize(file).ok();
        let is_it = |source: &PathBuf| path.is_some() && fs::canonicalize(source).ok() == path;
        if chosen.iter().any(|one| one.sources.iter().any(is_it)) {
            chosen.retain(|one| one.sources.iter().any(is_it));
        }
        let nearest = chosen.iter().map(|one| shared(&one.file, file)).max();
        chosen.retain(|one| Some(shared(&one.file, file)) == nearest);
        if chosen.iter().any(|one| one.makes_code) {
            chosen.retain(|one| one.makes_code);
        }
        let Some((first, rest)) = chosen.split_first() else {
            return Self::default();
        };
        let mut said = Self::default();
        // One that they define differently is what the first says: it builds, too.
        let name = |define: &String| define.split('=').next().map(str::to_owned);
        let always = |define: &&String| {
            let has_it = |other: &String| name(other) == name(define);
            rest.iter().all(|one| one.defines.iter().any(has_it))
        };
        let defines = first.defines.iter().filter(always);
        said.arguments
            .extend(defines.map(|define| format!("-D{define}")));
        said.arguments.extend(first.standard.clone());
        let mut others: Vec<&[String]> = Vec::new();
        for pair in chosen.iter().flat_map(|one| one.others.chunks(2)) {
            if !others.contains(&pair) {
                others.push(pair);
            }
        }
        said.arguments.extend(others.concat());
        said.by = chosen.iter().map(|one| one.file.clone()).collect();
        said.by.dedup();
        said
    }
}

/// How many folders two paths share.
fn shared(a: &Path, b: &Path) -> usize {
    let pairs = a.components().zip(b.components());
    pairs.take_while(|(a, b)| a == b).count()
}
