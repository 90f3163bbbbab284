//! Instructions that the verifier of the running kernel looks at.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use setup::process::run as execute;
use setup::{Setup, build, kernel, twins, workspace};

use crate::compare::{self, Numbers};

/// Prints a line a program: `verified_insns` of `struct bpf_prog_info`, for Rust, and for the same
/// in C with every hop checked. Both are loaded by libbpf.
pub(crate) fn run(setup: &Setup) -> Result<()> {
    let twins = twins::build(setup, &build::linker(setup)?)?;
    if let Err(error) = kernel::try_to_load() {
        println!("verified instructions: left out, the kernel lets no program in ({error})");
        return Ok(());
    }
    let loader = loader()?;
    let [mut ours, mut theirs] = [Numbers::new(), Numbers::new()];
    for twins in twins {
        match (
            verified(&loader, &twins.rust),
            verified(&loader, &twins.checked),
        ) {
            (Ok(rust), Ok(c)) => {
                ours.extend(rust);
                theirs.extend(c);
            }
            (Err(error), _) | (_, Err(error)) => println!("left out: {error}"),
        }
    }
    if theirs.values().all(|&count| count == 0) {
        println!("verified instructions: left out, kernels tell their number from 5.16 on");
        return Ok(());
    }
    println!(
        "instructions that the verifier looked at, against clang-22 -O2 with every hop checked"
    );
    compare::print(&ours, &[("c checked", &theirs)])
}

/// The program of the twins' test that loads an object by libbpf.
fn loader() -> Result<PathBuf> {
    let program = workspace::root().join("target/bench/libbpf");
    std::fs::create_dir_all(program.parent().context("a file stands in a folder")?)?;
    execute(
        Command::new("cc")
            .arg("-o")
            .arg(&program)
            .arg(twins::folder().join("libbpf.c"))
            .arg("-lbpf"),
    )?;
    Ok(program)
}

/// Of each program of an object.
fn verified(loader: &Path, object: &Path) -> Result<Numbers> {
    let output = Command::new(loader)
        .arg(object)
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        bail!(
            "libbpf does not load {}: {}",
            object.display(),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let mut programs = Numbers::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        if let ["program", name, _, verified] = words[..] {
            programs.insert(name.to_owned(), verified.parse()?);
        }
    }
    Ok(programs)
}
