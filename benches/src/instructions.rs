//! BPF instructions of programs that are written in Rust and in C.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bpf_core_btf::insn::INSN_SIZE;
use bpf_core_btf::object::{Function, Object};

use setup::clang::CPU;
use setup::twins::{self, Twins};
use setup::{Setup, build};

use crate::compare::{self, Numbers};

/// Prints a line a program: instructions of Rust, and of clang for the same program with every hop
/// checked, and with libbpf's macros, which report the last hop only, or nothing.
pub(crate) fn run(setup: &Setup) -> Result<()> {
    let twins = twins::build(setup, &build::linker(setup)?)?;
    let all = |object: fn(&Twins) -> &PathBuf| -> Result<_> {
        let mut all = Numbers::new();
        for twins in &twins {
            all.extend(programs(object(twins))?);
        }
        Ok(all)
    };
    let ours = all(|twins| &twins.rust)?;
    let checked = all(|twins| &twins.checked)?;
    let into = all(|twins| &twins.into)?;

    println!(
        "BPF instructions, -mcpu={CPU}, against clang-22 -O2 with every hop checked, and with \
         libbpf's macros, which report the last hop only, or nothing"
    );
    compare::print(&ours, &[("c checked", &checked), ("c macros", &into)])
}

/// Instructions of each program.
pub(crate) fn programs(object: &Path) -> Result<Numbers> {
    let bytes = std::fs::read(object).with_context(|| format!("no {}", object.display()))?;
    let object = Object::parse(&bytes).with_context(|| object.display().to_string())?;
    let programs = object.programs();
    let count = |code: &Function<'_>| u64::from(code.len) / INSN_SIZE as u64;
    Ok(programs
        .map(|code| (code.name.to_owned(), count(code)))
        .collect())
}
