//! Compilers: the one of the host, and the one that can build `core` for eBPF.

use std::path::Path;

use super::line::{Line, Part, State};
use super::machine::{Failure, Machine};

/// The oldest compiler that builds a program with `core_read!`.
const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");

/// How a build calls rustc.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Toolchain {
    /// As the folder says: `rustc`.
    Here,
    /// By its name: `rustup run NAME rustc`.
    Named(String),
}

/// A compiler.
#[derive(Clone, Debug)]
pub(super) struct Rustc {
    /// `1.97.0-nightly`
    pub(super) release: String,
    /// The major version of its LLVM.
    pub(super) llvm: Option<u32>,
    /// Whether it takes `-Z build-std` without being told by a variable.
    pub(super) is_nightly: bool,
    /// Whether the source of `core` is there.
    pub(super) has_source: bool,
}

impl Toolchain {
    fn words<'a>(&'a self, words: &[&'a str]) -> Vec<&'a str> {
        let mut all = match self {
            Self::Here => vec!["rustc"],
            Self::Named(name) => vec!["rustup", "run", name.as_str(), "rustc"],
        };
        all.extend(words);
        all
    }

    /// How people call it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Here => "`rustc` of this folder".to_owned(),
            Self::Named(name) => format!("the toolchain `{name}`"),
        }
    }

    /// Asks the compiler about itself.
    pub(super) fn ask(&self, machine: &dyn Machine, folder: &Path) -> Result<Rustc, Failure> {
        let verbose = machine.run(folder, &self.words(&["-vV"]))?;
        let value = |key: &str| verbose.lines().find_map(|line| line.strip_prefix(key));
        let release = value("release: ").unwrap_or("of no known version");
        let sysroot = machine.run(folder, &self.words(&["--print", "sysroot"]))?;
        let library = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library");
        Ok(Rustc {
            release: release.to_owned(),
            llvm: value("LLVM version: ").and_then(major),
            is_nightly: release.contains("nightly") || release.contains("-dev"),
            has_source: machine.read(&library.join("core/Cargo.toml")).is_ok(),
        })
    }

    fn add_source(&self) -> String {
        match self {
            Self::Here => "`rustup component add rust-src`".to_owned(),
            Self::Named(name) => {
                format!("`rustup component add rust-src --toolchain {name}`")
            }
        }
    }
}

/// `22` of `22.1.8`.
pub(super) fn major(version: &str) -> Option<u32> {
    version.trim().split('.').next()?.parse().ok()
}

/// Major and minor number of a release, for comparison.
pub(super) fn numbers(release: &str) -> Option<(u32, u32)> {
    let mut parts = release
        .split(['.', '-'])
        .map_while(|part| part.parse().ok());
    Some((parts.next()?, parts.next()?))
}

/// Adds the lines about cargo and rustc of the host. Gives the compiler.
pub(super) fn host(machine: &dyn Machine, folder: &Path, lines: &mut Vec<Line>) -> Option<Rustc> {
    const INSTALL: &str = "install Rust by https://rustup.rs, and put its `bin` folder into `PATH`";
    let mut line = |subject, state, found: String, cure: &str| {
        lines.push(Line::bad(Part::Toolchain, subject, state, found, cure));
    };
    match machine.run(folder, &["cargo", "--version"]) {
        Ok(_) => {}
        Err(Failure::Missing) => {
            line(
                "cargo",
                State::Error,
                "`cargo` is not in `PATH`".to_owned(),
                INSTALL,
            );
        }
        Err(Failure::Failed(why)) => {
            let cure = "mend what it names; `rustup show` lists the toolchains that are here";
            line(
                "cargo",
                State::Error,
                format!("`cargo --version` fails: {why}"),
                cure,
            );
        }
    }
    match Toolchain::Here.ask(machine, folder) {
        Ok(rustc) if numbers(&rustc.release) < numbers(OLDEST) => {
            let found = format!("rustc {} is older than {OLDEST}", rustc.release);
            line("rustc", State::Error, found, "`rustup update`");
            Some(rustc)
        }
        Ok(rustc) => {
            let found = format!("rustc {}", rustc.release);
            lines.push(Line::ok(Part::Toolchain, "rustc", found));
            Some(rustc)
        }
        Err(Failure::Missing) => {
            line(
                "rustc",
                State::Error,
                "`rustc` is not in `PATH`".to_owned(),
                INSTALL,
            );
            None
        }
        Err(Failure::Failed(why)) => {
            let cure = "install the toolchain that the folder asks for: `rustup toolchain install`";
            line(
                "rustc",
                State::Error,
                format!("`rustc -vV` fails: {why}"),
                cure,
            );
            None
        }
    }
}

/// A build of a program for the kernel, as far as compilers matter.
#[derive(Debug)]
pub(super) struct Build<'a> {
    pub(super) toolchain: &'a Toolchain,
    pub(super) folder: &'a Path,
    /// Whether `aya-build` runs it. It leaves `-Z build-std` out for a compiler that is not nightly.
    pub(super) by_aya_build: bool,
    /// `RUSTC_BOOTSTRAP`, of the environment or of cargo's settings.
    pub(super) bootstrap: Option<&'a str>,
}

const SUBJECT: &str = "rustc for eBPF";

/// Says whether the compiler of a build can build `core` for eBPF. Gives the compiler.
pub(super) fn for_ebpf(machine: &dyn Machine, build: &Build<'_>) -> (Line, Option<Rustc>) {
    let name = build.toolchain.name();
    let error = |found: String, cure: String| {
        Line::bad(Part::Toolchain, SUBJECT, State::Error, found, cure)
    };
    let rustc = match build.toolchain.ask(machine, build.folder) {
        Ok(rustc) => rustc,
        Err(why) => return (unanswered(build.toolchain, why), None),
    };
    let release = &rustc.release;
    let opened = match build.bootstrap {
        Some("-1") => false,
        Some("1") => true,
        _ => rustc.is_nightly,
    };
    let line = if !rustc.has_source {
        let found = format!("{name} ({release}) has no source of `core`");
        let other = other(machine, build);
        let mut cure = build.toolchain.add_source();
        if let Some(other) = other {
            cure.push_str(&format!(
                ", or build with the toolchain `{other}`, which has it"
            ));
        }
        error(found, cure)
    } else if !opened {
        let found = match build.by_aya_build {
            true => format!(
                "{name} ({release}) is not nightly: aya-build does not build `core` with it"
            ),
            false => format!("{name} ({release}) is not nightly: it refuses `-Z build-std=core`"),
        };
        let cure =
            "write `RUSTC_BOOTSTRAP = \"1\"` below `[env]` in `.cargo/config.toml`, or use nightly";
        error(found, cure.to_owned())
    } else {
        let llvm = rustc.llvm.map(|llvm| format!(" (LLVM {llvm})"));
        let llvm = llvm.unwrap_or_default();
        let found = format!("{name}: rustc {release}{llvm}, with the source of `core`");
        Line::ok(Part::Toolchain, SUBJECT, found)
    };
    (line, Some(rustc))
}

fn unanswered(toolchain: &Toolchain, why: Failure) -> Line {
    let (found, cure) = match (toolchain, why) {
        (Toolchain::Named(_), Failure::Missing) => (
            "`rustup` is not in `PATH`".to_owned(),
            "aya-build takes the `cargo` in `PATH` then: put one there whose rustc has the source of `core`"
                .to_owned(),
        ),
        (Toolchain::Named(name), Failure::Failed(why)) => (
            format!("the toolchain `{name}` gives no answer: {why}"),
            format!("`rustup toolchain install {name} --component rust-src`, or name another one in `build.rs`: `Toolchain::Custom(\"...\")`"),
        ),
        (Toolchain::Here, Failure::Missing) => (
            "`rustc` is not in `PATH`".to_owned(),
            "`rustup toolchain install nightly --component rust-src`".to_owned(),
        ),
        (Toolchain::Here, Failure::Failed(why)) => (
            format!("`rustc -vV` fails: {why}"),
            "`rustup toolchain install nightly --component rust-src`".to_owned(),
        ),
    };
    Line::bad(Part::Toolchain, SUBJECT, State::Error, found, cure)
}

/// The name of a toolchain of rustup that has the source of `core`.
pub(super) fn other(machine: &dyn Machine, build: &Build<'_>) -> Option<String> {
    let list = machine
        .run(build.folder, &["rustup", "toolchain", "list"])
        .ok()?;
    let names = list
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let mut serving = names.filter(|name| {
        let toolchain = Toolchain::Named((*name).to_owned());
        let rustc = toolchain.ask(machine, build.folder);
        *build.toolchain != toolchain && rustc.is_ok_and(|rustc| rustc.has_source)
    });
    serving.next().map(str::to_owned)
}
