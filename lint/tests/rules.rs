//! Rules, their folders and their pages say the same.

mod clang;
mod libclang;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use bpf_core_catalogue::KernelSet;
use bpf_core_portability::{self as portability, Case, Effect};
use cargo_corelint::front::View;
use cargo_corelint::front::object::{Difference, Language, Matrix, OnKernels};
use cargo_corelint::rules::{self, Rule};
use cargo_corelint::span::Span;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules")
}

#[test]
fn every_folder_is_a_rule() {
    let folders: BTreeSet<String> = fs::read_dir(folder())
        .expect("the rules")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .map(|path| {
            path.file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .replace('_', "-")
        })
        .collect();
    let registered: BTreeSet<String> = rules::ALL.iter().map(|rule| rule.name.to_owned()).collect();
    assert_eq!(folders, registered);
    assert_eq!(registered.len(), rules::ALL.len(), "a rule is there twice");
}

const SECTIONS: &[&str] = &[
    "What it does",
    "Why is this bad",
    "Example",
    "Use instead",
    "When to allow it",
    "References",
];

#[test]
fn every_page_has_all_sections() {
    for rule in rules::ALL {
        let headings: Vec<&str> = rule
            .page
            .lines()
            .filter_map(|line| line.strip_prefix("## "))
            .collect();
        assert_eq!(headings, SECTIONS, "{}", rule.name);
        assert!(rule.page.starts_with(&format!("# {}\n", rule.name)));
        assert!(!rule.summary.ends_with('.'), "{}", rule.name);
    }
}

/// The code of a section, with its language.
fn code<'a>(rule: &Rule, section: &str) -> Vec<(&'a str, &'a str)> {
    let page = rules::find(rule.name).expect("a rule").page;
    let section = page
        .split("\n## ")
        .find(|text| text.starts_with(section))
        .expect("a section");
    let blocks = section.split("```").skip(1).step_by(2);
    blocks
        .map(|block| block.split_once('\n').expect("a language"))
        .collect()
}

const LICENSE: &str = "char LICENSE[] SEC(\"license\") = \"GPL\";\n";

/// The rules that fire on a page's code.
fn fired(rule: &Rule, what: &str) -> Vec<(String, Vec<String>)> {
    let folder = tempfile(rule, what);
    let reads_c = libclang::reads_c("pages of rules, in C");
    // Rules about kernels look at objects, and some of them at Rust's sources.
    let compiler = rule
        .on_kernels
        .map(|_| clang::find("pages of rules about kernels"));
    code(rule, what)
        .into_iter()
        .filter(|(language, _)| match (compiler, *language) {
            (None, language) => reads_c || language != "c",
            (Some(clang), "c") => clang.is_some(),
            (Some(_), _) => rule.rust.is_some(),
        })
        .enumerate()
        .map(|(index, (language, text))| {
            let file = folder.join(match language {
                "rust" => format!("page{index}.rs"),
                "c" => format!("page{index}.bpf.c"),
                "toml" => "Cargo.toml".to_owned(),
                "make" => "Makefile".to_owned(),
                other => panic!("{}: no way to check `{other}`", rule.name),
            });
            fs::write(&file, text).expect("a file");
            let file = match compiler.flatten() {
                Some(clang) if language == "c" => {
                    // Pages do not repeat what each program needs.
                    fs::write(&file, format!("{text}\n{LICENSE}")).expect("a file");
                    let object = folder.join("page.o");
                    clang::compile(clang, &file, &object);
                    object
                }
                _ => file,
            };
            // Pages of rules about kernels are judged on x86: old kernels on arm64 attach nothing to LSM hooks.
            let kernels: &[&str] = match rule.on_kernels {
                Some(_) => &["--kernels", "amd64"],
                None => &[],
            };
            let output = Command::new(env!("CARGO_BIN_EXE_cargo-corelint"))
                .args(["--no-cache", "--format", "short", "--warn", "all"])
                .args(kernels)
                .arg(&file)
                .current_dir(&folder)
                .output()
                .expect("the linter");
            let shown = String::from_utf8_lossy(&output.stdout);
            let rules = shown
                .lines()
                .filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0.to_owned()))
                .collect();
            (text.to_owned(), rules)
        })
        .collect()
}

fn tempfile(rule: &Rule, what: &str) -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(rule.name)
        .join(what);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

#[test]
fn every_bad_example_fires() {
    for rule in rules::ALL {
        for (text, fired) in fired(rule, "Example") {
            assert!(
                fired.iter().any(|name| name == rule.name),
                "{}: {fired:?}\n{text}",
                rule.name
            );
        }
    }
}

#[test]
fn no_good_example_fires() {
    for rule in rules::ALL {
        for (text, fired) in fired(rule, "Use instead") {
            assert!(fired.is_empty(), "{}: {fired:?}\n{text}", rule.name);
        }
    }
}

/// Whatever a kernel does with a program, one rule tells it, and no second one.
#[test]
fn every_difference_between_kernels_is_told_once() {
    let effects = [
        Effect::Unknown,
        Effect::RefusedIf("filter".to_owned()),
        Effect::WrongValue,
        Effect::NotAttached,
        Effect::Refused,
    ];
    for kind in portability::Rule::ALL {
        for effect in &effects {
            let kernels = KernelSet::first(3);
            let view = View::OnKernels(OnKernels {
                matrix: Matrix {
                    object: "probe.o".into(),
                    loader: "libbpf 1.7".to_owned(),
                    kernels: kernels.clone(),
                    left_out: KernelSet::default(),
                    new: None,
                    programs: Vec::new(),
                    fields: Vec::new(),
                },
                differences: vec![Difference {
                    rule: kind,
                    subject: "function vfs_unlink".to_owned(),
                    span: Span::rendered(&"probe.c".into(), Some(1), "unlink"),
                    is_inlined: false,
                    language: Language::C,
                    programs: vec!["probe".to_owned()],
                    cases: vec![Case {
                        kernels,
                        effect: effect.clone(),
                        has: String::new(),
                    }],
                }],
            });
            let mut findings = Vec::new();
            rules::ALL
                .iter()
                .for_each(|rule| rule.check(&view, &mut findings));
            assert_eq!(findings.len(), 1, "{kind} {effect:?}: {findings:?}");
        }
    }
}
