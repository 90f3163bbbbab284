//! `cargo xtask bench`: this project against its peers, measured in the same run, as ratios.

mod instructions;
mod link_time;

use anyhow::Result;

use crate::{objects, setup};

/// Both benchmarks, printed as they come.
pub(crate) fn run() -> Result<()> {
    let setup = setup::for_test()?;
    let linker = objects::linker(&setup)?;
    instructions::run(&setup, &linker)?;
    println!();
    link_time::run(&setup, &linker)
}
