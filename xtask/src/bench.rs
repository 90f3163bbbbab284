//! `cargo xtask bench`: this project against its peers, measured in the same run, as ratios.

mod instructions;
mod link_time;
mod lint;

use anyhow::Result;

use crate::{objects, setup};

/// All benchmarks, printed as they come.
pub(crate) fn run() -> Result<()> {
    let setup = setup::for_test()?;
    let linker = objects::linker(&setup)?;
    instructions::run(&setup, &linker)?;
    println!();
    link_time::run(&setup, &linker)?;
    println!();
    lint::run(&setup)
}

/// Those of the linter alone.
pub(crate) fn run_lint() -> Result<()> {
    lint::run(&setup::for_test()?)
}
