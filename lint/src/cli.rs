//! The command line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::bindings::Bindings;
use crate::doctor::Doctor;
use crate::inspect::Inspect;
use crate::kernels;
use crate::migrate::Migrate;
use crate::min_btf::MinBtf;
use crate::report::levels::Selector;
use crate::report::render::Format;
use crate::rules::Level;
use crate::why::Why;

/// The linter for CO-RE: finds eBPF code that only works on the kernel it was built for.
#[derive(Debug, Parser)]
#[command(name = "cargo corelint", bin_name = "cargo corelint", version)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "Exit code: 0 clean, 1 findings at `deny`, 2 the linter itself failed.")]
pub(crate) struct Cli {
    /// Something other than to check.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What to check, and how.
    #[command(flatten)]
    pub check: Check,
}

/// Something other than to check.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look for what stops a build or a load: kernel, toolchain, linker, settings of the project
    Doctor(Doctor),
    /// Show the page of a rule
    Explain {
        /// Its name
        rule: String,
    },
    /// Show what is in an eBPF object: programs, maps, relocations, instructions
    Inspect(Inspect),
    /// Show what many kernels have: where a field is on each, what two of them differ in
    Kernels {
        /// What to show.
        #[command(subcommand)]
        command: kernels::Command,
    },
    /// Declare kernel types in Rust or C, for many kernels at once
    Bindings(Bindings),
    /// Rewrite reads by generated bindings or literal offsets to reads by name, with declarations for many kernels
    Migrate(Migrate),
    /// Make minimal BTF for objects, for kernels that have none of their own
    MinBtf(MinBtf),
    /// List the rules
    Rules,
    /// Explain why a kernel or a loader refused an object, by its log
    Why(Why),
}

/// What to check, and how.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Files and folders; the workspace around the current folder if none is given
    pub paths: Vec<PathBuf>,
    /// How findings are shown
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    /// Findings as Cargo's messages, and without PATHS those of `cargo check` too: for editors
    #[arg(long, value_enum, value_name = "FORMAT", conflicts_with_all = ["format", "diff"])]
    pub message_format: Option<MessageFormat>,
    /// When to use colour
    #[arg(long, value_enum, default_value = "auto")]
    pub color: Color,
    /// Ignore findings of a rule, a group, or `all`
    #[arg(short = 'A', long, value_name = "RULE", value_delimiter = ',')]
    pub allow: Vec<String>,
    /// Show findings of a rule, a group, or `all`
    #[arg(short = 'W', long, value_name = "RULE", value_delimiter = ',')]
    pub warn: Vec<String>,
    /// Fail on findings of a rule, a group, or `all`
    #[arg(short = 'D', long, value_name = "RULE", value_delimiter = ',')]
    pub deny: Vec<String>,
    /// As `--deny`, and no comment or setting takes it back
    #[arg(short = 'F', long, value_name = "RULE", value_delimiter = ',')]
    pub forbid: Vec<String>,
    /// Rewrite what can be rewritten safely
    #[arg(long, conflicts_with = "diff")]
    pub fix: bool,
    /// Show what `--fix` would rewrite, as a patch
    #[arg(long)]
    pub diff: bool,
    /// Read everything again
    #[arg(long)]
    pub no_cache: bool,
    /// How many files to read at a time; as many as there are cores if not given
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Show nothing but findings
    #[arg(short, long)]
    pub quiet: bool,
    /// Show what is read
    #[arg(short, long)]
    pub verbose: bool,
    /// The kernel's types for C files without a `vmlinux.h`; those of the running kernel if not given
    #[arg(long, value_name = "FILE")]
    pub kernel_btf: Option<PathBuf>,
    /// The kernels that objects are judged on: `>=5.10`, `arm64`, `debian`; all known ones if not given
    #[arg(long, value_name = "KERNELS", value_delimiter = ',')]
    pub kernels: Vec<String>,
    /// The loader of objects: `libbpf 1.7`, `aya 0.14`, `cilium 0.20`, `iproute2`
    #[arg(long, value_name = "LOADER")]
    pub loader: Option<String>,
    /// Show only what is new since a run whose `--format json` went into this file
    #[arg(long, value_name = "REPORT", conflicts_with_all = ["message_format", "fix", "diff"])]
    pub since: Option<PathBuf>,
    /// Arguments for the C compiler, behind `--`
    #[arg(last = true, value_name = "CLANG_ARGS")]
    pub clang_args: Vec<String>,
    /// The settings of `-A`, `-W`, `-D` and `-F`, in the order in which they were given
    #[arg(skip)]
    pub levels: Vec<(Selector, Level)>,
}

/// Cargo's name for a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MessageFormat {
    /// A JSON object a line
    Json,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Reads the command line. Cargo gives `corelint` as the first word.
///
/// # Errors
/// A level is about a rule that does not exist. Other mistakes end the process, as `clap` does.
pub(crate) fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Cli> {
    let mut words: Vec<OsString> = words.into_iter().collect();
    let is_own_name = words
        .first()
        .is_some_and(|word| Path::new(word).file_stem() == Some("corelint".as_ref()));
    if words.get(1).is_some_and(|word| word == "corelint") {
        words.remove(1);
    }
    let mut command = Cli::command();
    if is_own_name {
        command = command.name("corelint").bin_name("corelint");
    }
    let matches = command.get_matches_from(words);
    let mut cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    cli.check.levels = levels(&matches)?;
    if let Some(MessageFormat::Json) = cli.check.message_format {
        cli.check.format = Format::Json;
    }
    Ok(cli)
}

fn levels(matches: &ArgMatches) -> Result<Vec<(Selector, Level)>> {
    let mut given = Vec::new();
    for level in [Level::Allow, Level::Warn, Level::Deny, Level::Forbid] {
        let places = matches.indices_of(level.as_str()).into_iter().flatten();
        let names = matches
            .get_many::<String>(level.as_str())
            .into_iter()
            .flatten();
        given.extend(places.zip(names).map(|(place, name)| (place, name, level)));
    }
    given.sort_by_key(|&(place, ..)| place);
    given
        .into_iter()
        .map(|(_, name, level)| Ok((name.parse()?, level)))
        .collect()
}
