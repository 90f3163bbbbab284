//! What booted kernels said when they were asked: which helpers a type of program may call, which
//! instructions the verifier takes, which LSM hooks are disabled.
//!
//! `cargo xtask kernels probe` asks them and writes `generated/probed.txt`: the kernels, then a line for
//! each question and each set of kernels that gave the same answers. A set is a number with a bit for each
//! kernel, in their order.

use std::sync::OnceLock;

use crate::program::Section;

const FILE: &str = include_str!("generated/probed.txt");

/// A kernel that was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The version of its package: `6.12.43-1~bpo12+1`.
    pub version: &'static str,
    /// By its Debian name.
    pub architecture: &'static str,
    /// `cloud`, `rt`; empty for the usual kernel.
    pub flavour: &'static str,
}

/// A question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question<'a> {
    /// Which [rows](row) load.
    Loads,
    /// Which [rows](row) that need no link are attached.
    Attaches,
    /// The numbers of the helpers that a [row] may call.
    Helper(&'a str),
    /// The numbers of the helpers that only programs under a GPL-compatible licence may call.
    Restricted,
    /// The kfuncs that a program type may call, of those that some kernel marks as one.
    Kfunc(&'a str),
    /// The [instructions](INSTRUCTIONS) that the verifier takes.
    Instruction,
    /// The [uses](PERMISSIONS) of old instructions that the verifier permits.
    Permission,
    /// The kinds of program that may load through a pointer into their context that was moved.
    MovedContext,
    /// The LSM hooks in BTF that no program may be attached to.
    DisabledHook,
    /// The LSM hooks that no program that may sleep is attached to.
    AwakeHook,
    /// `lsm`, if the verifier takes any result from an LSM hook.
    AnyResult,
    /// The system calls with events in tracefs.
    SystemCallEvent,
}

/// The names of instructions that not every kernel takes.
pub const INSTRUCTIONS: &[&str] = &[
    "addr_space_cast",
    "atomic_cmpxchg",
    "atomic_fetch",
    "atomic_or",
    "atomic_xchg",
    "bswap",
    "callback",
    "gotol",
    "ldsx",
    "load_acquire",
    "may_goto",
    "movsx",
    "sdiv",
    "store_release",
    "subprogram",
];

/// What not every verifier permits. `constant_key`: a program uses an element of an array without a test for null, if
/// the key is a constant. `function_address`: it takes the address of a kernel function. `unwritten_stack`: it reads the
/// stack deeper than it has written it.
pub const PERMISSIONS: &[&str] = &["constant_key", "function_address", "unwritten_stack"];

/// The kinds of program that kernels were asked about: `tracing/trace_fentry.s` is a program of this type
/// and attach type that may sleep.
#[must_use]
pub fn row(section: &Section) -> String {
    let attach_type = match section.program_type {
        // What these may do does not depend on it.
        "kprobe" | "sched_cls" | "sk_msg" | "sk_skb" | "xdp" => "",
        _ => section.attach_type,
    };
    let slash = if attach_type.is_empty() { "" } else { "/" };
    let sleeps = if section.is_sleepable { ".s" } else { "" };
    format!("{}{slash}{attach_type}{sleeps}", section.program_type)
}

/// The kernels that were asked.
pub fn asked() -> impl Iterator<Item = Asked> {
    let lines = FILE.lines().filter_map(|line| line.strip_prefix("kernel "));
    lines.filter_map(|line| {
        let mut words = line.split(' ');
        Some(Asked {
            version: words.next()?,
            architecture: words.next()?,
            flavour: words.next().unwrap_or_default(),
        })
    })
}

/// The kernels that gave this answer.
#[must_use]
pub fn said(question: Question<'_>, answer: &str) -> u64 {
    lines(question)
        .filter(|(_, answers)| answers.split(' ').any(|one| one == answer))
        .fold(0, |all, (set, _)| all | set)
}

/// The kernels that were asked. What a program may call can only be asked where such a program loads, and of
/// kfuncs only of types of which some kernel said something.
#[must_use]
pub fn heard(question: Question<'_>) -> u64 {
    let answered = || lines(question).fold(0, |all, (set, _)| all | set);
    match question {
        Question::Helper(_) => answered(),
        Question::Kfunc(_) if answered() == 0 => 0,
        _ => asked().fold(0, |all, _| all << 1 | 1),
    }
}

/// Whether kernels were asked which programs may call a kfunc: those that no program may call are in no
/// answer, and neither are those of modules.
#[must_use]
pub fn is_asked_kfunc(name: &str) -> bool {
    let lines = FILE.lines().filter_map(|line| line.strip_prefix("kfunc\t"));
    let mut answers = lines.filter_map(|line| line.rsplit('\t').next());
    answers.any(|answers| answers.split(' ').any(|one| one == name))
}

fn lines<'q>(question: Question<'q>) -> impl Iterator<Item = (u64, &'static str)> + use<'q> {
    let (name, of) = question.key();
    let lines = table().iter();
    let lines =
        lines.filter(move |line| line.name == name && line.of.split(',').any(|one| one == of));
    lines.map(|line| (line.set, line.answers))
}

/// Answers of some kernels.
struct Line {
    name: &'static str,
    of: &'static str,
    set: u64,
    answers: &'static str,
}

/// The lines of the file: an object asks hundreds of times.
fn table() -> &'static [Line] {
    static TABLE: OnceLock<Vec<Line>> = OnceLock::new();
    let read = |line: &'static str| {
        let mut parts = line.split('\t');
        Some(Line {
            name: parts.next()?,
            of: parts.next()?,
            set: u64::from_str_radix(parts.next()?, 16).ok()?,
            answers: parts.next()?,
        })
    };
    TABLE.get_or_init(|| FILE.lines().filter_map(read).collect())
}

impl<'a> Question<'a> {
    fn key(self) -> (&'static str, &'a str) {
        match self {
            Self::Loads => ("loads", ""),
            Self::Attaches => ("attaches", ""),
            Self::Helper(row) => ("helper", row),
            Self::Restricted => ("gpl", ""),
            Self::Kfunc(program_type) => ("kfunc", program_type),
            Self::Instruction => ("insn", ""),
            Self::Permission => ("permits", ""),
            Self::MovedContext => ("context", ""),
            Self::DisabledHook => ("disabled", ""),
            Self::AwakeHook => ("awake", ""),
            Self::AnyResult => ("any_result", ""),
            Self::SystemCallEvent => ("syscall", ""),
        }
    }
}
