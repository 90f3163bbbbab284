//! The command.

use std::process::ExitCode;

fn main() -> ExitCode {
    cargo_corelint::run::main()
}
