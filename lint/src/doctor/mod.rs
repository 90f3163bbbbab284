//! `cargo corelint doctor`: what in this machine, its toolchain or a project would stop a build or a load.
//!
//! - `machine.rs`: what is asked of a machine; `line.rs`: what is said of it; `human.rs`: the text.
//! - `kernel.rs`: the running kernel; `toolchain.rs`: compilers; `linker.rs`: the linker and its LLVM.
//! - `project.rs`, `script.rs`: what a project has; `program.rs`: how its programs are built;
//!   `versions.rs`: what `Cargo.lock` has.

mod clang;
mod human;
mod kernel;
mod line;
mod linker;
pub mod machine;
mod program;
mod project;
mod script;
mod toolchain;
mod versions;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;

pub use self::line::{Line, Part, State};
use self::machine::{Machine, This};
use self::project::Project;
use self::toolchain::{Build, Rustc, Toolchain};
use self::versions::Lock;
use crate::answer::Format;
use crate::front::c;
use crate::input::manifest::Manifest;

/// What to look at.
#[derive(Debug, Args)]
pub struct Doctor {
    /// The project
    #[arg(default_value = ".")]
    pub folder: PathBuf,
    /// How the answer is shown: JSON has one object a line
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
}

/// Gives the text of the answer, and whether nothing stops a build or a load.
///
/// # Errors
/// The folder is not there.
pub fn answer(asked: &Doctor) -> Result<(String, bool)> {
    let folder = fs::canonicalize(&asked.folder);
    let folder = folder.with_context(|| asked.folder.display().to_string())?;
    let lines = examine(&This, &folder);
    let text = match asked.format {
        Format::Human => human::text(&lines),
        Format::Json => {
            let lines = lines.iter().map(serde_json::to_string);
            let lines = lines.collect::<Result<Vec<_>, _>>()?;
            lines.join("\n") + "\n"
        }
    };
    Ok((text, lines.iter().all(|line| line.state != State::Error)))
}

/// Looks at a machine and at the project around a folder of it.
pub fn examine(machine: &dyn Machine, folder: &Path) -> Vec<Line> {
    let mut lines = Vec::new();
    let types = kernel::check(machine, &mut lines);
    let host = toolchain::host(machine, folder, &mut lines);
    let project = project::find(folder, &mut lines);
    let programs = project
        .as_ref()
        .filter(|project| !project.programs.is_empty());
    // Programs in C need no compiler and no linker for Rust's.
    let has_c = match &project {
        Some(project) => project.has_c,
        None => project::has_c(folder),
    };
    let is_in_c = programs.is_none() && has_c;
    let found = match programs {
        Some(project) => program::check(machine, project, &mut lines),
        None if is_in_c => {
            lines.push(clang::check(machine, folder));
            program::Found::default()
        }
        None => without_programs(machine, folder, &mut lines),
    };
    if !is_in_c {
        lines.push(linker::llvm(machine, folder, found.has_linker));
    }
    if has_c {
        lines.push(libclang());
    }
    let is_readable = !lines.iter().any(|line| line.subject == "manifest");
    if programs.is_none() && is_readable && !is_in_c {
        lines.push(Line::bad(
            Part::Project,
            "programs",
            State::Note,
            "no package for the kernel is here",
            "run it in the folder of a project",
        ));
    }
    if let Some(project) = programs {
        scripts(machine, project, &mut lines);
        for workspace in &project.workspaces {
            let rustcs = (host.as_ref(), found.rustc.as_ref());
            of_workspace(machine, project, workspace, rustcs, types, &mut lines);
        }
    }
    line::merge(lines)
}

/// Asks for a compiler and a linker without knowing how they will be called.
fn without_programs(machine: &dyn Machine, folder: &Path, lines: &mut Vec<Line>) -> program::Found {
    let bootstrap = machine.variable("RUSTC_BOOTSTRAP");
    let build = Build {
        toolchain: &Toolchain::Here,
        folder,
        by_aya_build: false,
        bootstrap: bootstrap.as_deref(),
    };
    let (line, rustc) = program::compiler(machine, &build);
    lines.push(line);
    let linker = linker::Linker {
        name: linker::OURS,
        folder,
    };
    let line = linker::check(machine, &linker, rustc.as_ref());
    let has_linker = line.state == State::Ok;
    lines.push(line);
    program::Found { rustc, has_linker }
}

fn libclang() -> Line {
    match c::libclang() {
        Ok(version) => Line::ok(Part::Toolchain, "libclang", version),
        Err(why) => {
            let (found, cure) = why.split_once("; ").unwrap_or((why, "install libclang"));
            Line::bad(Part::Toolchain, "libclang", State::Warning, found, cure)
        }
    }
}

/// Build scripts that look for another linker than the one that links.
fn scripts(machine: &dyn Machine, project: &Project, lines: &mut Vec<Line>) {
    const CURE: &str =
        "write `which(\"bpf-core-linker\")`: cargo then links again when that one changes";
    for script in project
        .scripts
        .iter()
        .filter(|script| script.wants_bpf_linker)
    {
        let folder = script.path.parent().unwrap_or(&project.root);
        let is_missing = machine.run(folder, &["bpf-linker", "--version"]).is_err();
        let (state, found) = match is_missing {
            true => (
                State::Error,
                "the build script looks for `bpf-linker`, which is not in `PATH`",
            ),
            false => (
                State::Warning,
                "the build script looks for `bpf-linker`, which may not be what links",
            ),
        };
        let line = Line::bad(Part::Project, "build script", state, found, CURE);
        lines.push(line.at(project.place(&script.path)));
    }
}

/// What the `Cargo.lock` of a workspace has.
fn of_workspace(
    machine: &dyn Machine,
    project: &Project,
    workspace: &Path,
    (host, ebpf): (Option<&Rustc>, Option<&Rustc>),
    types: kernel::Types,
    lines: &mut Vec<Line>,
) {
    let file = workspace.join("Cargo.lock");
    let manifest = Manifest::read(&workspace.join("Cargo.toml"));
    let resolver = manifest.as_ref().map_or("1", Manifest::resolver);
    let before = lines.len();
    match fs::read_to_string(&file) {
        Ok(text) => match Lock::parse(&text) {
            Some(lock) => {
                versions::check(&lock, lines);
                versions::loader(&lock, types, lines);
                versions::compilers(machine, workspace, host, ebpf, resolver, lines);
            }
            None => lines.push(Line::bad(
                Part::Project,
                "versions",
                State::Error,
                "`Cargo.lock` cannot be understood",
                "`cargo generate-lockfile` writes it anew",
            )),
        },
        Err(_) if resolver == "3" => lines.push(Line::bad(
            Part::Project,
            "versions",
            State::Note,
            "there is no `Cargo.lock`: versions are not known",
            "`cargo generate-lockfile`",
        )),
        Err(_) => lines.push(Line::bad(
            Part::Project,
            "versions",
            State::Warning,
            format!(
                "there is no `Cargo.lock`, and resolver \"{resolver}\" takes the newest aya-build, whatever rustc it wants"
            ),
            "write `resolver = \"3\"` below `[workspace]`, then `cargo generate-lockfile`",
        )),
    }
    for line in &mut lines[before..] {
        line.places.push(project.place(&file));
    }
}
