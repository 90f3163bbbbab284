//! BPF instructions of programs that are written in Rust and in C.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bpf_core_btf::insn::INSN_SIZE;
use bpf_core_btf::object::{Function, Object};

use crate::clang::CPU;
use crate::objects;
use crate::setup::Setup;
use crate::twins::{self, Twins};

/// Prints a line a program: instructions of Rust, and of clang for the same program with every hop
/// checked, and with libbpf's macros, which report the last hop only, or nothing.
pub(crate) fn run(setup: &Setup) -> Result<()> {
    let twins = twins::build(setup, &objects::linker(setup)?)?;
    let all = |object: fn(&Twins) -> &PathBuf| -> Result<_> {
        let mut all = BTreeMap::new();
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
    println!(
        "{:<24} {:>5} {:>9} {:>6} {:>9} {:>6}",
        "program", "rust", "c checked", "ratio", "c macros", "ratio"
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
        "{name:<24} {ours:>5} {checked:>9} {:>6.2} {into:>9} {:>6.2}",
        ratio(checked),
        ratio(into)
    );
}

/// Instructions of each program.
pub(super) fn programs(object: &Path) -> Result<BTreeMap<String, u64>> {
    let bytes = std::fs::read(object).with_context(|| format!("no {}", object.display()))?;
    let object = Object::parse(&bytes).with_context(|| object.display().to_string())?;
    let programs = object.programs();
    let count = |code: &Function<'_>| u64::from(code.len) / INSN_SIZE as u64;
    Ok(programs
        .map(|code| (code.name.to_owned(), count(code)))
        .collect())
}
