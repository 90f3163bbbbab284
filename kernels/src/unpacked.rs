//! Programs out of Debian's packages that are used without being installed.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use setup::debian;
use setup::process::{ask, say};

/// A program, from this machine or unpacked for this repository alone.
#[derive(Debug)]
pub(crate) struct Program {
    file: PathBuf,
    /// What stands for `/` where it is unpacked.
    root: Option<PathBuf>,
}

impl Program {
    /// `name` from `PATH`, else unpacked: out of `packages`, with all that they need.
    pub(crate) fn find(name: &str, packages: &[&str]) -> Result<Self> {
        if ask(Command::new(name).arg("--version")).is_ok() {
            return Ok(Self {
                file: name.into(),
                root: None,
            });
        }
        let root = unpacked(name, packages).with_context(|| {
            format!(
                "`{name}` is missing; to install it: `{}`",
                debian::install_command(packages)
            )
        })?;
        let program = Self {
            file: root.join("usr/bin").join(name),
            root: Some(root),
        };
        ask(program.command().arg("--version"))?;
        Ok(program)
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// Where it is unpacked, if it is.
    pub(crate) fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// Calls it.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.file);
        command.envs(self.libraries());
        command
    }

    /// The variable that makes the dynamic loader find what it is linked with.
    pub(crate) fn libraries(&self) -> Option<(&'static str, OsString)> {
        let root = self.root.as_ref()?;
        let multiarch = format!("lib/{}-linux-gnu", std::env::consts::ARCH);
        // Debian 12 still has packages with a `/lib` of their own.
        let folders = ["usr", "."].map(|prefix| root.join(prefix).join(&multiarch));
        let folders = std::env::join_paths(folders).ok()?;
        Some(("LD_LIBRARY_PATH", folders))
    }
}

fn unpacked(name: &str, packages: &[&str]) -> Result<PathBuf> {
    let root = debian::unpacked_folder()?.join(name);
    if !root.exists() {
        if !debian::is_here() {
            bail!("this is no Debian to unpack it from");
        }
        say(format_args!(
            "missing: `{name}`; unpacking {} for this repository alone",
            packages.join(" ")
        ));
        let partial = debian::unpacked_folder()?.join("partial");
        if partial.exists() {
            fs::remove_dir_all(&partial)?;
        }
        debian::unpack_with_dependencies(packages, &partial)?;
        fs::rename(&partial, &root)?;
    }
    Ok(root)
}
