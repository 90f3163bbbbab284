//! Commands of a build that compile or strip programs for the kernel.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::front::contents;
use crate::input::{is_ebpf_source, walk};
use crate::span::Span;

/// No hand writes a source that is longer.
const LONGEST_SOURCE: u64 = 1 << 20;

/// The commands of a file.
#[derive(Debug)]
pub struct Commands {
    /// Those that may matter.
    pub all: Vec<Command>,
    /// Where `-D__TARGET_ARCH_x86` and its like are written down, without a condition around, and the
    /// architecture.
    pub fixed: Vec<(Span, String)>,
    /// Whether the C files beside it and below may need debug info: for CO-RE, or for maps in BTF.
    pub needs_types: bool,
}

/// A command.
#[derive(Debug)]
pub struct Command {
    /// Its words, with variables put in where they are known.
    pub words: Vec<String>,
    /// Whether there may be more words: variables that the file does not set.
    pub is_open: bool,
    /// Where it is.
    pub span: Span,
}

impl Command {
    /// Whether it has a compiler make code for the kernel, or is a part of such a command.
    #[must_use]
    pub fn is_for_bpf(&self) -> bool {
        let is_bpf = |word: &String| matches!(word.as_str(), "bpf" | "bpfel" | "bpfeb");
        let apart = self
            .words
            .windows(2)
            .any(|pair| matches!(pair[0].as_str(), "-target" | "--target") && is_bpf(&pair[1]));
        let together = self.words.iter().any(|word| {
            let target = word
                .strip_prefix("--target=")
                .or_else(|| word.strip_prefix("-target="));
            target.is_some_and(|target| is_bpf(&target.to_owned()))
        });
        apart || together
    }

    /// Whether it compiles C for the kernel.
    #[must_use]
    pub fn compiles_bpf(&self) -> bool {
        let mut words = self.words.iter();
        words.any(|word| matches!(word.as_str(), "-c" | "-S" | "-emit-llvm")) && self.is_for_bpf()
    }

    /// Whether it asks the compiler for debug info.
    #[must_use]
    pub fn has_debug_info(&self) -> bool {
        let mut levels = self.words.iter().filter(|word| {
            matches!(
                word.as_str(),
                "-g" | "-g0" | "-g1" | "-g2" | "-g3" | "-gfull"
            ) || word.starts_with("-gdwarf")
                || word.starts_with("-ggdb")
                || word.starts_with("-gbtf")
        });
        // The last one counts.
        levels.next_back().is_some_and(|word| word != "-g0")
    }

    /// Whether it strips a program for the kernel of its BTF: `llvm-strip -g` does not.
    #[must_use]
    pub fn strips_btf(&self) -> bool {
        let Some(at) = self.words.iter().position(|word| {
            let name = word.rsplit('/').next().unwrap_or(word);
            let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-' || c == '.');
            matches!(name, "llvm-strip" | "strip" | "bpf-strip")
        }) else {
            return false;
        };
        let options = &self.words[at + 1..];
        let keeps = options.iter().any(|word| {
            matches!(
                word.as_str(),
                "-g" | "-d" | "-S" | "--strip-debug" | "--strip-unneeded" | "--only-keep-debug"
            )
        });
        let of_bpf = options
            .iter()
            .any(|word| word.contains(".bpf.") || word.contains("bpf.o"));
        of_bpf && !keeps
    }
}

/// Words of programs that have anything that is made from debug info.
pub(super) const OF_TYPES: &[&str] = &[
    "vmlinux",
    "preserve_access_index",
    "bpf_core_",
    "BPF_CORE_",
    "\".maps\"",
];

/// Words of programs that read registers, or ask for the architecture.
pub(super) const OF_REGISTERS: &[&str] = &[
    "BPF_KPROBE",
    "BPF_KRETPROBE",
    "BPF_KSYSCALL",
    "BPF_UPROBE",
    "BPF_URETPROBE",
    "BPF_USDT",
    "PT_REGS_",
    "__TARGET_ARCH_",
    "bpf_target_",
    "bpf_usdt_",
];

/// Whether the C files of a folder and below have one of these words. Where there are none, they are elsewhere, and
/// may have. `read` gets the files that say so.
pub(super) fn any_has(words: &[&str], folder: &Path, read: &mut Vec<PathBuf>) -> bool {
    // libbpf's own headers have all of it, and those of the kernel's types have what no program asked for.
    let is_source = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_foreign = name.starts_with("bpf_") || name.starts_with("vmlinux");
        name.ends_with(".c") || name.ends_with(".h") && !is_foreign
    };
    let mut files = walk::files(folder, &|_| true);
    files.retain(|path| is_source(path));
    let has = |path: &PathBuf| {
        let text = contents::read(path, LONGEST_SOURCE).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        words.iter().any(|word| text.contains(word))
    };
    let has_none = !files.iter().any(|path| is_ebpf_source(path));
    let any = has_none || files.iter().any(has);
    read.append(&mut files);
    any
}

/// The folders with the C files that a text names, which may be far away: `//go:generate bpf2go probe ../../bpf/probe.c`.
/// Without such, the folder of the text.
pub(super) fn folders_of_sources(folder: &Path, text: &str) -> impl Iterator<Item = PathBuf> {
    let words = text
        .split(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | ',' | '`'));
    let sources = words.filter(|word| word.ends_with(".c"));
    let folders = sources.filter_map(|source| {
        let path = folder.join(source).canonicalize().ok()?;
        Some(path.parent()?.to_owned())
    });
    let mut folders: BTreeSet<PathBuf> = folders.collect();
    if folders.is_empty() {
        folders.insert(folder.to_owned());
    }
    folders.into_iter()
}

/// Finds definitions of the architecture that nothing chooses.
pub(super) fn fixed(path: &Arc<str>, text: &str) -> Vec<(Span, String)> {
    const DEFINITION: &str = "-D__TARGET_ARCH_";
    // One for each architecture is a choice.
    let mut found: Vec<(Span, String)> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for (at, _) in text.match_indices(DEFINITION) {
        let rest = &text[at + DEFINITION.len()..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let name = &rest[..end.unwrap_or(rest.len())];
        let line = text[..at].rfind('\n').map_or(0, |start| start + 1);
        let line_end = text[at..].find('\n').map_or(text.len(), |end| at + end);
        let whole = &text[line..line_end];
        let is_comment =
            whole.trim_start().starts_with(['#']) || whole[..at - line].contains("// ");
        let is_generated = whole.contains("go:generate");
        if !is_comment && !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
        // bpf2go defines it for a target with an architecture.
        let has_target = whole.contains("-target") && !whole.contains("-target bpf");
        if name.is_empty()
            || is_comment
            || is_generated && has_target
            || is_under_condition(text, line)
        {
            continue;
        }
        let span = Span::new(path, at..at + DEFINITION.len() + name.len());
        found.push((span, name.to_owned()));
    }
    if names.len() > 1 { Vec::new() } else { found }
}

/// Whether a line stands in a condition of make, CMake, Meson or a program, which may ask for the machine.
fn is_under_condition(text: &str, line: usize) -> bool {
    let mut open = 0_i32;
    for line in text[..line].lines() {
        let words = line.trim_start();
        let opens = [
            "ifeq", "ifneq", "ifdef", "if(", "if (", "if ", "elseif", "match ",
        ];
        let closes = ["endif", "}"];
        if opens.iter().any(|word| words.starts_with(word)) {
            open += 1;
        } else if closes.iter().any(|word| words.starts_with(word)) {
            open = (open - 1).max(0);
        }
    }
    open > 0
}

/// Whether a variable that is not known may have flags for a compiler.
pub(super) fn may_have_flags(variable: &str) -> bool {
    let variable = variable.to_ascii_uppercase();
    ["FLAG", "OPT", "DEBUG", "ARGS", "DEFINES"]
        .iter()
        .any(|part| variable.contains(part))
}
