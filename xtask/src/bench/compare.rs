//! One number of each program, in Rust and in C.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

/// Prints a line a program of C, and one for all.
pub(super) fn print(ours: &BTreeMap<String, u64>, theirs: &BTreeMap<String, u64>) -> Result<()> {
    println!(
        "{:<24} {:>5} {:>9} {:>6}",
        "program", "rust", "c checked", "ratio"
    );
    let mut total = [0; 2];
    for (name, &theirs) in theirs {
        let ours = *ours
            .get(name)
            .with_context(|| format!("no program `{name}` in Rust"))?;
        line(name, [ours, theirs]);
        for (total, count) in total.iter_mut().zip([ours, theirs]) {
            *total += count;
        }
    }
    line("all", total);
    Ok(())
}

fn line(name: &str, [ours, theirs]: [u64; 2]) {
    println!(
        "{name:<24} {ours:>5} {theirs:>9} {:>6.2}",
        ours as f64 / theirs as f64
    );
}
