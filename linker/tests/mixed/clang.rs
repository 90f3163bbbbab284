//! The versions of clang in the search path.

use std::io::{Write as _, stderr};
use std::process::Command;

/// One clang.
pub(crate) struct Clang {
    pub(crate) version: u32,
}

impl Clang {
    /// `clang-NN` of each version whose bitcode this LLVM reads, the newest last; those that are not there are
    /// told. Before 15, clang knows no `type_matches`.
    pub(crate) fn all() -> Vec<Self> {
        let ours = inkwell::support::get_llvm_version().0;
        let (found, missing): (Vec<Self>, Vec<Self>) = (15..=ours)
            .map(|version| Self { version })
            .partition(|clang| clang.command().arg("--version").output().is_ok());
        if !missing.is_empty() {
            let versions: Vec<String> = missing.iter().map(|of| of.version.to_string()).collect();
            let versions = versions.join(", ");
            let _ = writeln!(stderr(), "LEFT OUT: C by clang {versions}: not in PATH");
        }
        found
    }

    /// Compiles a file for eBPF.
    pub(crate) fn run(&self, flags: &[&str], source: &str, output: &str) -> Result<(), String> {
        let output = self
            .command()
            .args(["-target", "bpfel", "-mcpu=v3", "-g", "-Wall", "-c"])
            .args(flags)
            .args([source, "-o", output])
            .output()
            .map_err(|error| error.to_string())?;
        if output.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn command(&self) -> Command {
        Command::new(format!("clang-{}", self.version))
    }
}
