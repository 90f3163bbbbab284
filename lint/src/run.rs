//! A run: from words on a command line to text and an exit code.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::bindings;
use crate::cache::Cache;
use crate::check::{self, Outcome};
use crate::cli::{self, Check, Cli, Color, Command};
use crate::compiler::{self, Compiler};
use crate::cores;
use crate::doctor;
use crate::front::Settings;
use crate::input::discover::{self, Plan};
use crate::input::{Kind, Unit, Work};
use crate::inspect;
use crate::kept;
use crate::kernels;
use crate::known::{self, Asked, Choice};
use crate::migrate;
use crate::min_btf;
use crate::report::fixes;
use crate::report::levels::Levels;
use crate::report::render::{Format, Page, in_part};
use crate::report::since::Since;
use crate::report::sink::{self, Found, Report};
use crate::rules::{self, Group};
use crate::why;

/// Runs the command line of the process.
#[must_use]
pub fn main() -> ExitCode {
    // The process in which LLVM runs.
    #[cfg(feature = "llvm")]
    if let Some(answer) = crate::front::ir::worker::answer(std::env::args_os()) {
        print!("{answer}");
        return ExitCode::SUCCESS;
    }
    let run = cli::parse(std::env::args_os()).and_then(|cli| match cli {
        Cli {
            command: Some(Command::Doctor(asked)),
            ..
        } => doctor::answer(&asked).and_then(|(text, well)| print(&text).map(|_| well)),
        Cli {
            command: Some(Command::Explain { rule }),
            ..
        } => explain(&rule),
        Cli {
            command: Some(Command::Inspect(asked)),
            ..
        } => inspect::answer(&asked).and_then(|text| print(&text)),
        Cli {
            command: Some(Command::Kernels { command }),
            ..
        } => kernels::answer(&command).and_then(|text| print(&text)),
        Cli {
            command: Some(Command::Bindings(options)),
            ..
        } => bindings::answer(&options).and_then(|text| print(&text)),
        Cli {
            command: Some(Command::Migrate(options)),
            ..
        } => migrate::answer(&options).and_then(|text| print(&text)),
        Cli {
            command: Some(Command::MinBtf(options)),
            ..
        } => min_btf::answer(&options).and_then(|text| print(&text)),
        Cli {
            command: Some(Command::Rules),
            ..
        } => print(&list()),
        Cli {
            command: Some(Command::Why(asked)),
            ..
        } => why::answer(&asked).and_then(|text| print(&text)),
        Cli { check, .. } => self::check(&check),
    });
    match run {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Writes results. A reader who has seen enough (`| head`) is no mistake.
fn print(text: &str) -> Result<bool> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(error).context("stdout cannot be written")
        }
        _ => Ok(true),
    }
}

fn explain(name: &str) -> Result<bool> {
    match rules::find(name.strip_prefix("corelint::").unwrap_or(name)) {
        Some(rule) => print(rule.page),
        None => bail!("`{name}` is no rule; `cargo corelint rules` lists them"),
    }
}

fn list() -> String {
    let mut out = String::new();
    for group in Group::ALL {
        out.push_str(&format!("{}\n", group.as_str()));
        for rule in rules::ALL.iter().filter(|rule| rule.group == group) {
            let line = format!("  {:22} {:6} {}", rule.name, rule.level, rule.summary);
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    out
}

/// Checks, and says whether nothing fails.
fn check(options: &Check) -> Result<bool> {
    let plan = discover::discover(&options.paths)?;
    let settings = settings(options, &plan)?;
    let owners = plan.units.iter().map(|unit| &unit.owner);
    let levels = owners.map(|owner| Ok(Arc::new(Levels::of_owner(owner, &options.levels)?)));
    let levels = levels.collect::<Result<Vec<_>>>()?;
    let compiler = match options.message_format {
        Some(_) if options.paths.is_empty() => Some(Compiler::start(&plan.root)?),
        _ => None,
    };
    let cache = match &plan.cache_folder {
        Some(folder) if !options.no_cache => Cache::open(folder),
        _ => Cache::default(),
    };
    let outcomes = outcomes(options, &plan, &settings, &cache)?;
    if let Err(error) = cache.save()
        && options.verbose
    {
        eprintln!("note: results are not kept: {error}");
    }
    kept::folder().iter().for_each(|folder| kept::prune(folder));
    let mut notes: Vec<&String> = outcomes.iter().flat_map(|one| &one.notes).collect();
    notes.sort();
    notes.dedup();
    if !options.quiet {
        notes.iter().for_each(|note| eprintln!("note: {note}"));
    }
    let all = plan.units.iter().zip(levels).zip(outcomes);
    let all = all.map(|((unit, levels), outcome)| Found {
        owner: Arc::clone(&unit.owner),
        levels,
        is_source: matches!(unit.work, Work::File(Kind::C, _)),
        outcome,
    });
    let since = options
        .since
        .as_deref()
        .map(|file| Since::read(file, &plan.root));
    let results = sink::judge(all.collect(), settings.known, since.transpose()?);
    let reports = &results.reports;
    if options.diff {
        for rewrite in fixes::rewrites(reports)? {
            print(&rewrite.patch(&plan.root))?;
        }
        return Ok(true);
    }
    // Its messages stand in front of ours.
    let compiled = compiler.map(Compiler::finish).transpose()?;
    let clean = !reports.iter().any(|report| report.level.fails()) && compiled != Some(false);
    let mut page = Page::new(plan.root, colors(options), width());
    page.is_editor = options.message_format.is_some();
    print(&page.render(options.format, &results))?;
    if compiled.is_some() {
        print(&compiler::last_line(clean))?;
    }
    if options.fix {
        mend(reports)?;
    }
    if !options.quiet && results.sources > 0 {
        if options.verbose {
            let lines = in_part::lines(&mut page, &results.in_part);
            lines.iter().for_each(|line| eprintln!("{line}"));
        }
        eprintln!("{}", in_part::summary(&results));
    }
    if !options.quiet && options.format == Format::Human {
        eprintln!("{}", summary(reports, plan.units.len()));
    }
    Ok(clean)
}

fn mend(reports: &[Report]) -> Result<()> {
    for rewrite in fixes::rewrites(reports)? {
        rewrite.apply()?;
        eprintln!("fixed {} in {}", rewrite.fixes, rewrite.path.display());
    }
    Ok(())
}

fn summary(reports: &[Report], units: usize) -> String {
    let errors = reports.iter().filter(|report| report.level.fails()).count();
    let warnings = reports.len() - errors;
    let plural = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    };
    match (units, reports.len()) {
        (0, _) => {
            "nothing to check: no eBPF crate, no eBPF source and no object was found".to_owned()
        }
        (_, 0) => "no findings".to_owned(),
        _ => format!(
            "{}, {}",
            plural(errors, "error"),
            plural(warnings, "warning")
        ),
    }
}

fn colors(options: &Check) -> bool {
    match options.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            !unwanted && options.format == Format::Human && std::io::stdout().is_terminal()
        }
    }
}

/// How many characters a line of the terminal has.
fn width() -> usize {
    let size = terminal_size::terminal_size();
    size.map_or(100, |(width, _)| usize::from(width.0))
}

/// Checks all units, in the order of `plan`.
fn outcomes(
    options: &Check,
    plan: &Plan,
    settings: &Settings,
    cache: &Cache,
) -> Result<Vec<Outcome>> {
    let units = &plan.units;
    let keys = units.iter().map(|unit| key(unit, settings));
    let keys: Vec<String> = keys.collect::<Result<_>>()?;
    let mut outcomes: Vec<Option<Outcome>> = units.iter().map(|_| None).collect();
    let mut progress = Progress::new(options, units.len());
    let check =
        |at: usize, unit: &Unit| cache.outcome(unit, &keys[at], || check::check(unit, settings));
    cores::each(units, options.jobs, check, |at, outcome| {
        progress.step(&units[at]);
        outcomes[at] = Some(outcome);
    });
    progress.done();
    let outcomes = outcomes.into_iter();
    Ok(outcomes.map(Option::unwrap_or_default).collect())
}

/// What front ends need to know. Kernels are opened only where something is judged on them.
fn settings(options: &Check, plan: &Plan) -> Result<Settings> {
    let known = match plan.units.iter().any(asks_kernels) {
        true => Some(Arc::new(known::open()?)),
        false => None,
    };
    Ok(Settings {
        cache_folder: plan.cache_folder.clone(),
        clang_args: options.clang_args.clone(),
        features: None,
        kernel_btf: options.kernel_btf.clone(),
        known,
        asked: Asked {
            kernels: options.kernels.clone(),
            loader: options.loader.clone(),
        },
    })
}

fn asks_kernels(unit: &Unit) -> bool {
    matches!(
        unit.work,
        Work::File(Kind::Object | Kind::C | Kind::Rust, _) | Work::RustCrate(_)
    )
}

/// What changes the results of a unit, and is no file: it has to be in the key of what is kept.
fn key(unit: &Unit, settings: &Settings) -> Result<String> {
    let of_compiler = format!("{:?} {:?}", settings.clang_args, settings.kernel_btf);
    Ok(match &settings.known {
        Some(known) if asks_kernels(unit) => {
            let choice = Choice::new(known, &settings.asked, &unit.owner)?;
            format!("{of_compiler} {} {choice:?}", known.print())
        }
        _ => of_compiler,
    })
}

/// What is said on stderr while a run is long.
struct Progress {
    total: usize,
    done: usize,
    verbose: bool,
    shown: bool,
    terminal: bool,
    last: Instant,
}

impl Progress {
    fn new(options: &Check, total: usize) -> Self {
        Self {
            total,
            done: 0,
            verbose: options.verbose,
            shown: false,
            terminal: !options.quiet && std::io::stderr().is_terminal(),
            last: Instant::now(),
        }
    }

    fn step(&mut self, unit: &Unit) {
        self.done += 1;
        if self.verbose {
            for file in unit.work.files() {
                eprintln!("checked {}", file.display());
            }
        } else if self.terminal && self.last.elapsed() > Duration::from_millis(250) {
            eprint!("\r{} of {} checked", self.done, self.total);
            self.shown = true;
            self.last = Instant::now();
        }
    }

    fn done(&self) {
        if self.shown {
            eprint!("\r\x1b[K");
        }
    }
}
