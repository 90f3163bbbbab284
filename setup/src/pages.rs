//! The code that the linter's pages tell people to write, as objects: `target/bpf/pages.o/`, a folder
//! with one for each page and language.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::Setup;
use crate::build::{self, TARGET};
use crate::clang;
use crate::process::{run, say};
use crate::workspace::{self, Example};

/// Pages whose code is no program.
const EXEMPT: &[(&str, &str)] = &[
    ("missing-debug-info", "its code is of build files"),
    ("one-architecture", "its code is of build files"),
    (
        "unreadable-input",
        "its code is about syntax, and has no program",
    ),
];

/// The architectures that C is compiled for, by Rust's name and libbpf's: registers differ.
const ARCHITECTURES: [(&str, &str); 2] = [("x86_64", "x86"), ("aarch64", "arm64")];

/// The page's code, its rule and its language.
struct Code {
    rule: String,
    language: String,
    text: String,
}

/// The objects, as a guest of `kernels` takes those of an example.
pub fn example() -> Example {
    Example {
        name: "pages".to_owned(),
        folder: workspace::root().join("tests/pages"),
    }
}

/// Builds them all anew.
pub fn build(setup: &Setup, linker: &Path) -> Result<()> {
    let objects = example().object();
    let _ = fs::remove_dir_all(&objects);
    fs::create_dir_all(&objects)?;
    let codes = codes()?;
    rust(setup, linker, &codes, &objects)?;
    let sources = workspace::root().join("target/pages/c");
    fs::create_dir_all(&sources)?;
    // The types of both architectures, without a kernel.
    let header = workspace::root().join("lint/src/front/c/builtin/vmlinux.h");
    fs::copy(&header, sources.join("vmlinux.h"))
        .with_context(|| format!("no {}", header.display()))?;
    for code in codes.iter().filter(|code| code.language == "c") {
        let source = sources.join(format!("{}.bpf.c", code.rule));
        fs::write(&source, format!("{}\n{C_LICENSE}", code.text))?;
        for (name, of_libbpf) in ARCHITECTURES {
            let object = objects.join(format!("{}.{name}.c.o", code.rule));
            let define = format!("-D__TARGET_ARCH_{of_libbpf}");
            clang::compile(&source, &[&sources], &[&define, OF_LIBBPF], &object)
                .with_context(|| format!("the page of `{}`", code.rule))?;
        }
    }
    Ok(())
}

/// Builds them, and loads each into the running kernel by both loaders.
pub fn check(setup: &Setup) -> Result<()> {
    build(setup, &build::linker(setup)?)?;
    run(setup
        .host_cargo()
        .args(["test", "--no-fail-fast", "--package", "pages"])
        .current_dir(workspace::root()))
}

/// `PT_REGS_PARM1_CORE_SYSCALL` of libbpf 1.1 for arm64 does so.
const OF_LIBBPF: &str = "-Wno-default-const-init-var-unsafe";

const C_LICENSE: &str = "char LICENSE[] SEC(\"license\") = \"GPL\";\n";

const RUST_START: &str = "#![no_std]\n#![no_main]\n";
const RUST_ALLOW: &str = "#![allow(dead_code, non_camel_case_types)]\n";

/// What each program needs, and pages do not repeat.
const RUST_END: &str = "
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

#[unsafe(link_section = \"license\")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 4] = *b\"GPL\\0\";
";

fn rust(setup: &Setup, linker: &Path, codes: &[Code], objects: &Path) -> Result<()> {
    // As deep as the package it is made of, so that paths lead to the same place.
    let package = workspace::root().join("target/pages/ebpf");
    let programs = package.join("src/bin");
    let _ = fs::remove_dir_all(&package);
    fs::create_dir_all(&programs)?;
    for file in ["Cargo.toml", "Cargo.lock"] {
        let from = example().ebpf().join(file);
        fs::copy(&from, package.join(file)).with_context(|| format!("no {}", from.display()))?;
    }
    for code in codes.iter().filter(|code| code.language == "rust") {
        let text = code.text.replace(RUST_START, "");
        let text = format!("{RUST_START}{RUST_ALLOW}{text}{RUST_END}");
        fs::write(programs.join(format!("{}.rs", code.rule)), text)?;
    }
    let mut cargo = setup.ebpf.cargo();
    cargo
        .args(["build", "--release", "--target", TARGET, "--target-dir"])
        .arg(workspace::root().join("target/pages/built"))
        .args(["-Z", "build-std=core"])
        .env("CARGO_TARGET_BPFEL_UNKNOWN_NONE_LINKER", linker)
        .current_dir(&package);
    for program in build::programs(&mut cargo)? {
        let rule = program.file_name().unwrap_or_default().to_string_lossy();
        fs::copy(&program, objects.join(format!("{rule}.rs.o")))?;
    }
    Ok(())
}

/// The code below *Use instead* of every page.
fn codes() -> Result<Vec<Code>> {
    let mut codes = Vec::new();
    for page in pages()? {
        let rule = page
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if let Some((name, why)) = EXEMPT.iter().find(|(name, _)| *name == rule) {
            say(format_args!("the page of `{name}` is not built: {why}"));
            continue;
        }
        let text = fs::read_to_string(&page)?;
        let section = text
            .split("\n## ")
            .find(|text| text.starts_with("Use instead\n"));
        let section = section.with_context(|| format!("{}: no *Use instead*", page.display()))?;
        let blocks = section.split("```").skip(1).step_by(2);
        for (language, text) in blocks.filter_map(|block| block.split_once('\n')) {
            if !matches!(language, "rust" | "c") {
                bail!("{}: nothing here compiles `{language}`", page.display());
            }
            codes.push(Code {
                rule: rule.clone(),
                language: language.to_owned(),
                text: text.to_owned(),
            });
        }
    }
    Ok(codes)
}

fn pages() -> Result<Vec<PathBuf>> {
    let folder = workspace::root().join("lint/src/rules");
    let mut pages = Vec::new();
    for rule in fs::read_dir(&folder).with_context(|| format!("no {}", folder.display()))? {
        let rule = rule?.path();
        if rule.is_dir() {
            let files = fs::read_dir(&rule)?.map(|entry| Ok(entry?.path()));
            let files: Vec<PathBuf> = files.collect::<Result<_>>()?;
            pages.extend(
                files
                    .into_iter()
                    .filter(|file| file.extension().is_some_and(|end| end == "md")),
            );
        }
    }
    pages.sort();
    match pages.is_empty() {
        true => bail!("no pages in {}", folder.display()),
        false => Ok(pages),
    }
}
