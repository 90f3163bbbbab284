//! What must not stand in the packages' Rust sources.

use crate::files::{self, File};

/// Where a program talks to people. All else gives values back.
const PRINTS: &[&str] = &[
    "benches/",
    "btf/examples/",
    "examples/",
    "kernels/",
    "linker/build.rs",
    "linker/src/main.rs",
    "lint/benches/",
    "lint/src/main.rs",
    "lint/src/report/",
    "lint/src/run.rs",
    "portability/examples/",
    "setup/src/process.rs",
    "site/src/main.rs",
    "tests/conformance/build.rs",
    "tests/declared/ebpf/build.rs",
    "tests/proof/examples/",
    "xtask/",
];

/// A ban: the words, where they are banned, where they are not, and why.
struct Ban {
    words: &'static [&'static str],
    /// Starts of paths; empty for everywhere.
    within: &'static [&'static str],
    except: &'static [&'static str],
    /// Whether it is banned in the folders `tests/` of packages too.
    in_tests: bool,
    why: &'static str,
}

const BANS: [Ban; 5] = [
    Ban {
        words: &["println!", "eprintln!", "print!", "eprint!", "dbg!"],
        within: &[],
        except: PRINTS,
        in_tests: false,
        why: "only the edge of a program prints",
    },
    Ban {
        words: &["std::fs", "std::io", "std::net", "std::env", "std::process"],
        within: &["btf/src/", "kernel-facts/src/"],
        except: &[],
        in_tests: false,
        why: "it takes bytes and gives values, so that a loader can use it and a fuzzer call it",
    },
    Ban {
        words: &["object::File", "object::read::", "ElfFile", "ElfFile64"],
        within: &[],
        // The linker takes archives, and bitcode out of ELF. A kernel and its modules are no objects
        // of eBPF.
        in_tests: true,
        except: &[
            "btf/src/object/",
            "kernel-files/src/vmlinux.rs",
            "linker/src/input/mod.rs",
        ],
        why: "`bpf_core_btf::object` is the reader of objects",
    },
    Ban {
        words: &["todo!", "unimplemented!", "#[ignore"],
        within: &[],
        except: &[],
        in_tests: false,
        why: "what is not there is not committed",
    },
    Ban {
        words: &["mod core ", "mod core;", "extern crate core"],
        within: &[],
        except: &[],
        in_tests: false,
        why: "generated code writes `::core::...`, so nothing else is called `core`",
    },
];

fn breaches(ban: &Ban, files: &[File]) -> Vec<String> {
    let starts = |path: &str, with: &[&str]| with.iter().any(|start| path.starts_with(start));
    let mut breaches = Vec::new();
    for File { path, text } in files {
        let banned = ban.within.is_empty() || starts(path, ban.within);
        if !banned || starts(path, ban.except) || (path.contains("/tests/") && !ban.in_tests) {
            continue;
        }
        for (number, line) in code(text) {
            let word = ban.words.iter().find(|word| has(line, word));
            breaches.extend(
                word.map(|word| format!("{path}:{number}: `{}`: {}", word.trim(), ban.why)),
            );
        }
    }
    breaches
}

/// The lines that are no comment, by their number.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate();
    lines
        .map(|(at, line)| (at + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// The word is there, and not as the end of a longer one.
fn has(line: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(is_name))
}

/// Everything but this file, which names what it bans.
fn sources() -> Vec<File> {
    let mut files = files::rust();
    files.retain(|file| file.path != "tests/tidy/src/sources.rs");
    files
}

#[test]
fn banned_words_are_not_there() {
    let files = sources();
    for ban in &BANS {
        assert_eq!(breaches(ban, &files), Vec::<String>::new());
    }
}

#[test]
fn a_banned_word_is_told() {
    let file = |path: &str, text: &str| {
        vec![File {
            path: path.to_owned(),
            text: text.to_owned(),
        }]
    };
    let told = |path: &str, text: &str| -> usize {
        let files = file(path, text);
        BANS.iter().map(|ban| breaches(ban, &files).len()).sum()
    };
    assert_eq!(told("lint/src/rules/mod.rs", "fn f() { println!(); }"), 1);
    assert_eq!(told("lint/src/main.rs", "fn f() { println!(); }"), 0);
    assert_eq!(told("lint/src/lex.rs", "// println!\nlet my_print!();"), 0);
    assert_eq!(told("btf/src/raw.rs", "use std::fs;"), 1);
    assert_eq!(told("xtask/src/run.rs", "object::File::parse(bytes)"), 1);
    assert_eq!(told("linker/tests/a.rs", "object::File::parse(bytes)"), 1);
    assert_eq!(told("linker/tests/a.rs", "println!()"), 0);
    assert_eq!(told("flow/src/trace.rs", "\n  todo!()"), 1);
    assert_eq!(told("flow/src/lib.rs", "pub mod core;"), 1);
}

/// `bpf-core` is built for processors without an operating system, and on any host.
#[test]
fn bpf_core_is_no_std() {
    let root = files::read("bpf-core/src/lib.rs");
    assert!(code(&root).any(|(_, line)| line == "#![no_std]"));
}

/// A machine that is slow for a while must not fail a test.
#[test]
fn no_assertion_is_about_time() {
    let is_about_time = |line: &str| {
        line.contains("assert")
            && ["elapsed", "as_secs", "as_secs_f64", "as_millis"]
                .iter()
                .any(|w| has(line, w))
    };
    assert!(is_about_time("assert!(start.elapsed() < SECOND);"));
    let mut found = Vec::new();
    for File { path, text } in &sources() {
        let lines = code(text).filter(|(_, line)| is_about_time(line));
        found.extend(lines.map(|(number, line)| format!("{path}:{number}: {}", line.trim())));
    }
    assert_eq!(found, Vec::<String>::new());
}
