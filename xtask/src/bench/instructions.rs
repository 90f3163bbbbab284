//! BPF instructions of programs that are written in Rust and in C.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};
use object::{Object as _, ObjectSymbol as _, SymbolKind};

use crate::objects::EbpfCrate;
use crate::process::run as execute;
use crate::setup::Setup;
use crate::workspace;

/// The processor that both compilers are told.
const CPU: &str = "v3";

const INSTRUCTION: u64 = 8;

/// Prints a line a program: instructions of `core_read!`, and of clang for the same program with
/// every hop checked, and with the last one only, as `BPF_CORE_READ_INTO` does.
pub(crate) fn run(setup: &Setup, linker: &Path) -> Result<()> {
    let folder = workspace::root().join("benches/twins");
    let rustflags = format!("-Ctarget-cpu={CPU}");
    let twins = EbpfCrate {
        folder: &folder,
        program: "twins",
        target_folder: &workspace::root().join("target/bench/ebpf"),
        rustflags: Some(&rustflags),
    };
    let ours = programs(&twins.build(setup, linker, SystemTime::UNIX_EPOCH)?)?;
    let checked = programs(&compile(&folder, "checked", &[])?)?;
    let into = programs(&compile(&folder, "into", &["-DINTO"])?)?;

    println!(
        "BPF instructions, -mcpu={CPU}, against clang-22 -O2 with every hop checked, and with \
         BPF_CORE_READ_INTO, which reports the last hop only"
    );
    println!(
        "{:<12} {:>5} {:>9} {:>6} {:>9} {:>6}",
        "program", "rust", "c checked", "ratio", "c into", "ratio"
    );
    let mut total = [0; 3];
    for (name, &checked) in &checked {
        let ours = *ours
            .get(name)
            .with_context(|| format!("no program `{name}` in Rust"))?;
        let into = *into
            .get(name)
            .with_context(|| format!("no program `{name}` with -DINTO"))?;
        line(name, [ours, checked, into]);
        for (total, count) in total.iter_mut().zip([ours, checked, into]) {
            *total += count;
        }
    }
    line("all", total);
    Ok(())
}

fn line(name: &str, [ours, checked, into]: [u64; 3]) {
    let ratio = |peer: u64| ours as f64 / peer as f64;
    println!(
        "{name:<12} {ours:>5} {checked:>9} {:>6.2} {into:>9} {:>6.2}",
        ratio(checked),
        ratio(into)
    );
}

fn compile(folder: &Path, name: &str, defines: &[&str]) -> Result<PathBuf> {
    let object = workspace::root().join(format!("target/bpf/twins-{name}.o"));
    std::fs::create_dir_all(object.parent().context("a file stands in a folder")?)?;
    let multiarch = format!("/usr/include/{}-linux-gnu", std::env::consts::ARCH);
    execute(
        Command::new("clang-22")
            .args([
                "-g",
                "-O2",
                "-target",
                "bpf",
                &format!("-mcpu={CPU}"),
                "-I",
                &multiarch,
                "-c",
            ])
            .args(defines)
            .arg(folder.join("twins.bpf.c"))
            .arg("-o")
            .arg(&object),
    )?;
    Ok(object)
}

/// Instructions of each program: the exported functions.
fn programs(object: &Path) -> Result<BTreeMap<String, u64>> {
    let bytes = std::fs::read(object).with_context(|| format!("no {}", object.display()))?;
    let file = object::File::parse(&*bytes)
        .with_context(|| format!("{} is no object", object.display()))?;
    let mut programs = BTreeMap::new();
    for symbol in file.symbols() {
        let in_text = symbol
            .section_index()
            .and_then(|section| file.section_by_index(section).ok())
            .is_some_and(|section| object::ObjectSection::name(&section) == Ok(".text"));
        if symbol.kind() == SymbolKind::Text && symbol.is_global() && !in_text {
            programs.insert(symbol.name()?.to_owned(), symbol.size() / INSTRUCTION);
        }
    }
    Ok(programs)
}
