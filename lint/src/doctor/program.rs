//! How each program for the kernel is built: by which compiler, linker, flags and debug info.

use std::path::{Path, PathBuf};

use super::line::{Line, Part, State};
use super::linker::{self, Linker};
use super::machine::Machine;
use super::project::Project;
use super::script::Script;
use super::toolchain::{self, Build, Rustc, Toolchain};
use crate::front::View;
use crate::front::manifest::{Configuration, Package};
use crate::rules::{Finding, missing_debug_info};

/// What the checks of all programs have found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// A compiler for eBPF.
    pub(super) rustc: Option<Rustc>,
    /// Whether a linker answers.
    pub(super) has_linker: bool,
}

/// Adds the lines about all programs of a project.
pub(super) fn check(machine: &dyn Machine, project: &Project, lines: &mut Vec<Line>) -> Found {
    let mut found = Found::default();
    for view in &project.programs {
        if let View::Package(package) = view {
            one(machine, project, view, package, lines, &mut found);
        }
    }
    found
}

fn one(
    machine: &dyn Machine,
    project: &Project,
    view: &View,
    package: &Package,
    lines: &mut Vec<Line>,
    found: &mut Found,
) {
    let manifest = Path::new(package.name.1.source.path());
    let own_folder = manifest.parent().unwrap_or(manifest);
    let place = project.place(manifest);
    let script = project.scripts.iter().find(|script| script.calls_aya_build);
    let script = script.filter(|_| package.has_aya_build);
    // aya-build calls cargo where the build script runs, and cargo reads the settings around that folder.
    let folder = script
        .and_then(|script| script.path.parent())
        .unwrap_or(own_folder);
    let configuration = match Configuration::of(folder, &mut Vec::new()) {
        Ok(configuration) => configuration,
        Err(why) => {
            let found = format!("`.cargo/config.toml` cannot be read: {why}");
            let cure = "mend it: cargo reads it before it builds anything";
            lines.push(Line::bad(
                Part::Project,
                "configuration",
                State::Error,
                found,
                cure,
            ));
            return;
        }
    };
    let bootstrap = machine
        .variable("RUSTC_BOOTSTRAP")
        .or_else(|| configuration.bootstrap.clone());
    let mut rustcs = Vec::new();
    for toolchain in toolchains(script) {
        let build = Build {
            toolchain: &toolchain,
            folder,
            by_aya_build: script.is_some(),
            bootstrap: bootstrap.as_deref(),
        };
        let (line, rustc) = compiler(machine, &build);
        lines.push(line.at(&place));
        rustcs.extend(rustc);
    }
    let is_linked = linker(
        machine,
        project,
        package,
        (folder, &configuration),
        &rustcs,
        lines,
    );
    found.has_linker |= is_linked;
    flags(machine, script, &configuration, &place, lines);
    if is_linked {
        debug_info(project, view, script.is_some(), &place, lines);
    }
    found.rustc = found.rustc.take().or_else(|| rustcs.into_iter().next());
}

/// The toolchains that a build names. aya-build's default is nightly.
fn toolchains(script: Option<&Script>) -> Vec<Toolchain> {
    match script {
        None => vec![Toolchain::Here],
        Some(script) if script.toolchains.is_empty() => {
            vec![Toolchain::Named("nightly".to_owned())]
        }
        Some(script) => {
            let mut named = script.toolchains.clone();
            named.sort();
            named.dedup();
            named
        }
    }
}

/// A build that only its author knows may name another toolchain: one that would serve takes the error back.
pub(super) fn compiler(machine: &dyn Machine, build: &Build<'_>) -> (Line, Option<Rustc>) {
    let (line, rustc) = toolchain::for_ebpf(machine, build);
    if line.state != State::Error || build.by_aya_build {
        return (line, rustc);
    }
    let Some(name) = toolchain::other(machine, build) else {
        return (line, rustc);
    };
    let other = Toolchain::Named(name.clone())
        .ask(machine, build.folder)
        .ok();
    let is_nightly = other.as_ref().is_some_and(|rustc| rustc.is_nightly);
    let variable = if is_nightly { "" } else { "RUSTC_BOOTSTRAP=1 " };
    let cure = format!(
        "`{variable}cargo +{name} build -Z build-std=core`, or name it in `rust-toolchain.toml`"
    );
    let line = Line {
        state: State::Warning,
        cure: Some(cure),
        ..line
    };
    (line, other)
}

const SET_LINKER: &str = "write `linker = \"bpf-core-linker\"` below `[target.bpfel-unknown-none]` in the \
                          workspace's `.cargo/config.toml`";

/// Says which linker links the program, and whether it can.
fn linker(
    machine: &dyn Machine,
    project: &Project,
    package: &Package,
    (folder, configuration): (&Path, &Configuration),
    rustcs: &[Rustc],
    lines: &mut Vec<Line>,
) -> bool {
    const VARIABLE: &str = "CARGO_TARGET_BPFEL_UNKNOWN_NONE_LINKER";
    let set = machine.variable(VARIABLE);
    let of_file = configuration.linker.as_ref().map(|(name, span)| {
        // Cargo counts a path from the folder around `.cargo`.
        let file = Path::new(span.source.path());
        let around = file.parent().and_then(Path::parent);
        match around {
            Some(around) if name.contains('/') => around.join(name).to_string_lossy().into_owned(),
            _ => name.clone(),
        }
    });
    let name = set.or(of_file).unwrap_or_else(|| "bpf-linker".to_owned());
    let place = project.place(Path::new(package.name.1.source.path()));
    if package.uses_bpf_core && !linker::is_ours(&name) {
        let unread = package.configuration.linker.as_ref();
        let (why, cure) = match unread.filter(|(name, _)| linker::is_ours(name)) {
            Some((_, span)) => {
                let file: PathBuf = span.source.path().into();
                let why = format!(
                    ": aya-build calls cargo in `{}`, which does not read `{}`",
                    project.place(folder),
                    project.place(&file)
                );
                (
                    why,
                    "move these settings to `.cargo/config.toml` in the workspace's folder",
                )
            }
            None => (String::new(), SET_LINKER),
        };
        let found = format!(
            "`{name}` links `{}`, and makes no relocations of `core_read!`{why}",
            package.name.0
        );
        lines.push(Line::bad(Part::Project, "linker", State::Error, found, cure).at(place));
        return false;
    }
    let linker = Linker {
        name: &name,
        folder,
    };
    let newest = rustcs.iter().max_by_key(|rustc| rustc.llvm);
    let line = linker::check(machine, &linker, newest);
    let is_there = line.state == State::Ok;
    lines.push(line);
    is_there
}

/// Says which flags of the configuration do not reach rustc.
fn flags(
    machine: &dyn Machine,
    script: Option<&Script>,
    configuration: &Configuration,
    place: &str,
    lines: &mut Vec<Line>,
) {
    let set = ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS"];
    let set = set
        .into_iter()
        .find(|name| machine.variable(name).is_some());
    let (by, cure) = match (script, set) {
        _ if configuration.own_flags.is_empty() => return,
        (Some(_), _) => (
            "`CARGO_ENCODED_RUSTFLAGS` of aya-build",
            "pass what is for the linker by the `build.rs` of the program: \
             print `cargo::rustc-link-arg=--corelint=deny` there, and `--cpu=v3` for `-Ctarget-cpu=v3`",
        ),
        (None, Some("RUSTFLAGS")) => ("the variable `RUSTFLAGS`", "`unset RUSTFLAGS`"),
        (None, Some(_)) => (
            "the variable `CARGO_ENCODED_RUSTFLAGS`",
            "`unset CARGO_ENCODED_RUSTFLAGS`",
        ),
        (None, None) => return,
    };
    let found = format!(
        "{by} hides `rustflags` of `.cargo/config.toml`: `{}`",
        configuration.own_flags.join(" ")
    );
    lines.push(Line::bad(Part::Project, "rustflags", State::Warning, found, cure).at(place));
}

/// What the rule about debug info finds in the profiles.
fn debug_info(
    project: &Project,
    view: &View,
    by_aya_build: bool,
    place: &str,
    lines: &mut Vec<Line>,
) {
    const SUBJECT: &str = "debug info";
    let mut findings: Vec<Finding> = Vec::new();
    missing_debug_info::RULE.check(view, &mut findings);
    for finding in &findings {
        let fix = finding.fix.as_ref().map(|fix| fix.text.as_str());
        let help = finding.help.first().map(String::as_str);
        let cure = fix.or(help).unwrap_or("`cargo corelint` shows the place");
        let file = project.place(Path::new(finding.primary.span.source.path()));
        let line = Line::bad(Part::Project, SUBJECT, State::Error, &finding.message, cure);
        lines.push(line.at(file));
    }
    if findings.is_empty() {
        let found = match by_aya_build {
            true => "aya-build asks for it",
            false => "the profiles ask for it",
        };
        lines.push(Line::ok(Part::Project, SUBJECT, found).at(place));
    }
}
