//! The command under its own name, for people without Cargo.

use std::process::ExitCode;

fn main() -> ExitCode {
    cargo_corelint::run::main()
}
