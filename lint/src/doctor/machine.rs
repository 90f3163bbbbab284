//! The machine that is looked at: its programs, its files outside of the project, its variables.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// What the checks ask of a machine. Tests answer with recorded outputs.
pub trait Machine {
    /// What a program prints when it runs in `folder`.
    ///
    /// # Errors
    /// It cannot be started, or it fails.
    fn run(&self, folder: &Path, words: &[&str]) -> Result<String, Failure>;

    /// The contents of a file.
    ///
    /// # Errors
    /// It cannot be read.
    fn read(&self, file: &Path) -> io::Result<Vec<u8>>;

    /// A variable of the environment.
    fn variable(&self, name: &str) -> Option<String>;
}

/// Why a program gives no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// There is no such program.
    Missing,
    /// It failed, and said this.
    Failed(String),
}

/// This machine.
#[derive(Clone, Copy, Debug)]
pub struct This;

impl Machine for This {
    fn run(&self, folder: &Path, words: &[&str]) -> Result<String, Failure> {
        let (program, arguments) = words.split_first().ok_or(Failure::Missing)?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            // A question must not install a toolchain, and must write nothing into the project.
            .env("RUSTUP_AUTO_INSTALL", "0")
            .env("CARGO_CACHE_RUSTC_INFO", "0");
        // rustup tells its children which toolchain runs `cargo corelint`; the project may have another.
        if std::env::var_os("RUST_RECURSION_COUNT").is_some() {
            command
                .env_remove("RUSTUP_TOOLCHAIN")
                .env_remove("RUST_RECURSION_COUNT");
        }
        let output = match command.output() {
            Ok(output) => output,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Failure::Missing),
            Err(error) => return Err(Failure::Failed(error.to_string())),
        };
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let line = said.lines().map(str::trim).find(|line| !line.is_empty());
            let why = line.map_or_else(|| output.status.to_string(), str::to_owned);
            return Err(Failure::Failed(why));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(file)
    }

    fn variable(&self, name: &str) -> Option<String> {
        let value = std::env::var_os(name)?;
        Some(value.to_string_lossy().into_owned())
    }
}
