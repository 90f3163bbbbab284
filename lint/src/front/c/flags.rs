//! The arguments for libclang to parse a C file.

use std::path::{Path, PathBuf};

use super::project::Project;
use crate::front::architecture;

/// Arguments that hold for every file: errors do not stop us, warnings are not ours, nor what was one before
/// clang 16, and the host's headers come behind all that is searched for a file.
const ALWAYS: &[&str] = &[
    "-w",
    "-Wno-incompatible-pointer-types",
    "-Wno-incompatible-function-pointer-types",
    "-Wno-int-conversion",
    "-ferror-limit=0",
    "-fno-spell-checking",
    "-nostdlibinc",
];

/// What a compiler is told about a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Flags {
    /// In order, without the file.
    pub(super) arguments: Vec<String>,
}

impl Flags {
    /// Those of `compile_commands.json`, or else what builds of eBPF use and the `build` adds; `given` are the
    /// user's, and come last.
    pub(super) fn of(path: &Path, project: &Project, build: &[String], given: &[String]) -> Self {
        let usual = || [&defaults(), build].concat();
        let mut arguments = project.command(path).unwrap_or_else(usual);
        arguments.extend(given.iter().cloned());
        arguments.extend(ALWAYS.iter().map(|&one| one.to_owned()));
        let mut flags = Self { arguments };
        if flags.named_architecture().is_none() {
            let usual = architecture::USUAL;
            flags.arguments.push(format!("-D__TARGET_ARCH_{usual}"));
        }
        flags
    }

    fn named_architecture(&self) -> Option<&str> {
        let mut words = self.arguments.iter().rev();
        words.find_map(|word| {
            let word = word.strip_prefix("-D").unwrap_or(word);
            let name = word.strip_prefix("__TARGET_ARCH_")?;
            name.split('=').next()
        })
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

    /// The architecture that the file is compiled for, as `__TARGET_ARCH_x86` names it.
    pub(super) fn architecture(&self) -> &str {
        self.named_architecture().unwrap_or(architecture::USUAL)
    }

    /// The same for a program that asks which machine it is for: its build compiles it for the machine first.
    pub(super) fn for_machine(&self) -> Self {
        let names = architecture::macros(self.architecture()).iter();
        let mut flags = self.clone();
        flags
            .arguments
            .extend(names.map(|name| format!("-D{name}=1")));
        flags
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
    ["-target", "bpf", "-O2", "-fno-stack-protector"]
        .iter()
        .map(|&one| one.to_owned())
        .collect()
}
