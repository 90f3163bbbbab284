//! The command.

use std::process::ExitCode;

fn main() -> ExitCode {
    // The process in which LLVM runs.
    #[cfg(feature = "llvm")]
    if let Some(answer) = cargo_corelint::front::ir::worker::answer(std::env::args_os()) {
        print!("{answer}");
        return ExitCode::SUCCESS;
    }
    cargo_corelint::run::main()
}
