//! Proof that one object reads the right fields on every kernel.
//!
//! Needs the objects of `cargo xtask build`. What needs root says so where it has to be left out.

mod accesses;
mod check;
mod control;
mod kernel;
mod object;
mod relocations;
mod resolvers;
mod running_kernel;

use std::io::{Write as _, stderr};

/// Says on the terminal that something is left out: the test harness swallows `println!`.
fn leave_out(what: &str, why: &str) {
    let _ = writeln!(stderr(), "LEFT OUT: {what}: {why}");
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
