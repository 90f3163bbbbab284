//! Commands of a build that compile or strip programs for the kernel.

use crate::span::Span;

/// The commands of a file.
#[derive(Debug)]
pub struct Commands {
    /// Those that may matter.
    pub all: Vec<Command>,
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
    /// Whether it compiles C for the kernel.
    #[must_use]
    pub fn compiles_bpf(&self) -> bool {
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
        let makes_code = self
            .words
            .iter()
            .any(|word| matches!(word.as_str(), "-c" | "-S" | "-emit-llvm"));
        (apart || together) && makes_code
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

/// Whether a variable that is not known may have flags for a compiler.
pub(super) fn may_have_flags(variable: &str) -> bool {
    let variable = variable.to_ascii_uppercase();
    ["FLAG", "OPT", "DEBUG", "ARGS", "DEFINES"]
        .iter()
        .any(|part| variable.contains(part))
}
