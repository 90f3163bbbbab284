//! The arguments for libclang to parse a C file.

use std::path::{Path, PathBuf};

use super::project::Project;

/// Arguments that hold for every file: errors do not stop us, and warnings are not ours.
const ALWAYS: &[&str] = &["-w", "-ferror-limit=0", "-fno-spell-checking"];

/// What a compiler is told about a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Flags {
    /// In order, without the file.
    pub(super) arguments: Vec<String>,
}

impl Flags {
    /// Those of `compile_commands.json`, or else what builds of eBPF use; `given` are the user's,
    /// and come last.
    pub(super) fn of(path: &Path, project: &Project, given: &[String]) -> Self {
        let mut arguments = project.command(path).unwrap_or_else(defaults);
        arguments.extend(given.iter().cloned());
        arguments.extend(ALWAYS.iter().map(|&one| one.to_owned()));
        Self { arguments }
    }

    /// The folders that are searched for headers.
    pub(super) fn folders(&self) -> Vec<PathBuf> {
        const NAMES: &[&str] = &["-I", "-isystem", "-iquote", "-idirafter"];
        let mut folders = Vec::new();
        let mut words = self.arguments.iter();
        let base = self.base();
        while let Some(word) = words.next() {
            let Some(name) = NAMES.iter().find(|name| word.starts_with(**name)) else {
                continue;
            };
            let folder = match &word[name.len()..] {
                "" => words.next().map(String::as_str),
                folder => Some(folder),
            };
            folders.extend(folder.map(|folder| base.join(folder)));
        }
        folders
    }

    fn base(&self) -> PathBuf {
        let mut words = self.arguments.iter();
        let named = words.find(|word| *word == "-working-directory");
        named
            .and_then(|_| words.next())
            .map(PathBuf::from)
            .unwrap_or_default()
    }

    /// The arguments that change what a header means: two files that agree in them can share a
    /// precompiled one.
    pub(super) fn meaning(&self) -> Vec<String> {
        let mut kept = Vec::new();
        let mut words = self.arguments.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "-I" | "-isystem" | "-iquote" | "-idirafter" | "-include"
                | "-working-directory" => {
                    words.next();
                }
                "-target" | "-D" | "-U" | "-x" | "-Xclang" => {
                    kept.push(word.clone());
                    kept.extend(words.next().cloned());
                }
                _ if word.starts_with("-I") || word.starts_with("-i") => {}
                _ => kept.push(word.clone()),
            }
        }
        kept
    }

    /// Adds a folder to the end of the search.
    pub(super) fn search(&mut self, folder: &Path) {
        self.arguments.push("-idirafter".to_owned());
        self.arguments.push(folder.to_string_lossy().into_owned());
    }
}

fn defaults() -> Vec<String> {
    let arch = std::env::consts::ARCH;
    let target = match arch {
        "x86_64" => "x86",
        "aarch64" => "arm64",
        "riscv64" => "riscv",
        "powerpc64" => "powerpc",
        "s390x" => "s390",
        "loongarch64" => "loongarch",
        other => other,
    };
    let mut arguments: Vec<String> = ["-target", "bpf", "-O2", "-fno-stack-protector"]
        .iter()
        .map(|&one| one.to_owned())
        .collect();
    arguments.push(format!("-D__TARGET_ARCH_{target}"));
    for folder in [
        format!("/usr/include/{arch}-linux-gnu"),
        "/usr/include".to_owned(),
    ] {
        if Path::new(&folder).is_dir() {
            arguments.push("-idirafter".to_owned());
            arguments.push(folder);
        }
    }
    arguments
}
