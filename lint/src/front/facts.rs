//! Facts that a view of C and one of Rust have alike.

use crate::known::{Hook, Lack, Meant, OtherEvent, Passed, Question};
use crate::span::Span;

/// Whose memory a helper reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// The kernel's.
    Kernel,
    /// The process's.
    User,
    /// Either, as the address says: `bpf_probe_read`.
    Either,
}

/// How a value takes the program one way or the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deciding {
    /// It is a condition, or a part of one.
    Condition,
    /// It is compared.
    Comparison,
    /// It is matched.
    Match,
    /// It is checked for null.
    NullCheck,
    /// It says how often a loop runs.
    LoopBound,
    /// It is the key of a map.
    MapKey,
}

/// What becomes of a zero where a value decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtZero {
    /// It takes the way that zero of the kernel takes, and zero is asked for.
    Taken,
    /// The same, and the way leads out at once, as for a failure.
    TurnedAway,
    /// It is one number of many, as for `family == AF_INET`.
    Other,
}

/// What the size of a type is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeFor {
    /// It is added to an address.
    Address,
    /// It is the distance between elements that a pointer steps over.
    Stride,
    /// So much is read.
    Read,
    /// It is in front of a member of a struct of the program's own.
    Before,
}

/// A thing of the kernel that supported kernels lack where the program may need it.
#[derive(Debug)]
pub struct Absence {
    /// Where.
    pub span: Span,
    /// What is lacking. Types are named without a flavour.
    pub what: Question,
    /// Where it is lacking, and what is there instead.
    pub lack: Lack,
}

/// An argument that a program takes of the function or tracepoint that it is on.
#[derive(Debug)]
pub struct Argument {
    /// Where the program takes it.
    pub span: Span,
    /// Its name in the program.
    pub name: String,
    /// Its number, from 0.
    pub number: usize,
    /// The function or tracepoint.
    pub hook: Hook,
    /// Whether there is another program for the same, so that the loader can take the one that fits.
    pub has_alternative: bool,
    /// What it is taken for.
    pub meant: Meant,
    /// What the supported kernels that come here pass. Empty where that is not known.
    pub passed: Vec<Passed>,
    /// Whether only other kernels pass it as what it is taken for.
    pub is_elsewhere: bool,
}

/// A context that a program on a tracepoint takes for the struct of another event.
#[derive(Debug)]
pub struct EventStruct {
    /// Where.
    pub span: Span,
    /// The program's section.
    pub section: String,
    /// What it is taken for.
    pub taken: String,
    /// What the kernel writes there.
    pub other: OtherEvent,
}
