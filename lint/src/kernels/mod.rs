//! `cargo corelint kernels`: what many kernels have, for people: which kernels are known, where a field
//! is on each, what two kernels differ in.

mod add;
mod diff;
mod list;
mod show;

use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;

use crate::answer::Format;
use crate::known::{self, Known};

/// What to tell of kernels.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the kernels whose types are known
    List {
        /// Which ones, a line each: `6.12`, `>=5.10`, `arm64`, `cloud`, `debian`; without any, a line a series
        kernels: Vec<String>,
    },
    /// Show where a field is on each kernel; or a type's size, an enumerator's value, a prototype
    Show {
        /// `task_struct.tgid`, `task_struct.se.vruntime`, `task_struct`, `pid_type.PIDTYPE_TGID`, `vfs_unlink`
        name: String,
        /// How it is shown
        #[arg(long, value_enum, default_value = "human")]
        format: Format,
    },
    /// Show what two kernels differ in
    Diff {
        /// A kernel: its release, or a part of it that no other has
        a: String,
        /// Another kernel
        b: String,
        /// Types; all of them if none is given
        types: Vec<String>,
    },
    /// Add kernels of your own: images, packages, BTF, folders of them
    Add {
        /// `vmlinuz`, `vmlinux`, `.deb`, `.rpm`, `.btf`, `.btf.tar.xz`, `/sys/kernel/btf`
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

/// Gives the text of an answer.
///
/// # Errors
/// When what is asked for is on no kernel, or a file cannot be read or written.
pub(crate) fn answer(command: &Command) -> Result<String> {
    match command {
        Command::Add { files } => add::add(files),
        Command::List { kernels } => list::list(&known::open()?, kernels),
        Command::Show { name, format } => show::show(&known::open()?, name, *format),
        Command::Diff { a, b, types } => diff::diff(&known::open()?, a, b, types),
    }
}
