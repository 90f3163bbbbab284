//! `cargo xtask bench`: this project against its peers, measured in the same run, as ratios.

mod compare;
mod compile_time;
mod examples;
mod instructions;
mod link_time;
mod lint;
mod size;
mod verifier;

use anyhow::Result;

use crate::setup::{self, Setup};

type Part = fn(&Setup) -> Result<()>;

/// Every benchmark, by the word that asks for it alone.
const PARTS: [(&str, Part); 7] = [
    ("instructions", instructions::run),
    ("examples", examples::run),
    ("verifier", verifier::run),
    ("size", size::run),
    ("compile", compile_time::run),
    ("link", link_time::run),
    ("lint", lint::run),
];

/// Whether there is a benchmark of this name.
pub(crate) fn is_part(name: &str) -> bool {
    PARTS.iter().any(|(part, _)| *part == name)
}

/// The benchmark of this name, or all, printed as they come.
pub(crate) fn run(only: Option<&str>) -> Result<()> {
    let setup = setup::for_test()?;
    let asked = |part: &str| only.is_none_or(|only| only == part);
    for (_, run) in PARTS.iter().filter(|(part, _)| asked(part)) {
        run(&setup)?;
        println!();
    }
    Ok(())
}
