//! What is found: one thing, at one instruction, with the kernels on which it is true.

use std::collections::BTreeMap;
use std::fmt;

use bpf_core_btf::object::Place;
use bpf_core_catalogue::KernelSet;

/// What kind of difference between kernels was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Rule {
    /// A field, type or enumerator is absent and the verifier reaches the instruction that needs it.
    AbsentField,
    /// The field is there, and what the program reads is not what the kernel has.
    ChangedType,
    /// A record that fits more than one thing of the kernel, with different answers.
    AmbiguousType,
    /// A record that no loader can resolve.
    InvalidRelocation,
    /// The kernel has no such function, tracepoint or hook to attach to.
    AbsentHook,
    /// An argument that the program reads is another one, or none.
    MovedArgument,
    /// An instruction that the verifier does not know.
    UnsupportedInstruction,
    /// A helper that is not there, or not allowed in this program type.
    UnknownHelper,
    /// A kfunc or variable of the kernel that is not there.
    UnknownKsym,
    /// A map type that the kernel does not know.
    UnknownMapType,
    /// A program type that the kernel does not know.
    UnknownProgramType,
    /// An attach type that the kernel does not know.
    UnknownAttachType,
    /// An element of a map that may not be there, used without a test for null.
    UncheckedLookup,
    /// A program that gives a number which its hook does not take.
    UnboundedResult,
    /// A read of the stack deeper than all that was written.
    UnwrittenStack,
    /// A load or store through a pointer into the context that was moved.
    ModifiedContext,
    /// The loader cannot do what the object asks.
    LoaderUnsupported,
    /// A program that is too long to follow.
    UnfollowedProgram,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::AbsentField,
        Self::ChangedType,
        Self::AmbiguousType,
        Self::InvalidRelocation,
        Self::AbsentHook,
        Self::MovedArgument,
        Self::UnsupportedInstruction,
        Self::UnknownHelper,
        Self::UnknownKsym,
        Self::UnknownMapType,
        Self::UnknownProgramType,
        Self::UnknownAttachType,
        Self::UncheckedLookup,
        Self::UnboundedResult,
        Self::UnwrittenStack,
        Self::ModifiedContext,
        Self::LoaderUnsupported,
        Self::UnfollowedProgram,
    ];

    /// Its name in output and settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::AbsentField => "absent-field",
            Self::ChangedType => "changed-type",
            Self::AmbiguousType => "ambiguous-type",
            Self::InvalidRelocation => "invalid-relocation",
            Self::AbsentHook => "absent-hook",
            Self::MovedArgument => "moved-argument",
            Self::UnsupportedInstruction => "unsupported-instruction",
            Self::UnknownHelper => "unknown-helper",
            Self::UnknownKsym => "unknown-ksym",
            Self::UnknownMapType => "unknown-map-type",
            Self::UnknownProgramType => "unknown-program-type",
            Self::UnknownAttachType => "unknown-attach-type",
            Self::UncheckedLookup => "unchecked-lookup",
            Self::UnboundedResult => "unbounded-result",
            Self::UnwrittenStack => "unwritten-stack",
            Self::ModifiedContext => "modified-context",
            Self::LoaderUnsupported => "loader-unsupported",
            Self::UnfollowedProgram => "unfollowed-program",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What happens to the program on a kernel. The worst comes last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Effect {
    /// What is known of the kernel does not tell.
    Unknown,
    /// The kernel refuses the program if the user sets this variable of `.rodata` before loading.
    RefusedIf(String),
    /// It loads and gives wrong values.
    WrongValue,
    /// It loads and cannot be attached.
    NotAttached,
    /// The loader or the kernel refuses it.
    Refused,
}

/// What some kernels have in place of what the program expects.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Case {
    /// The kernels.
    pub kernels: KernelSet,
    /// What happens there.
    pub effect: Effect,
    /// What these kernels have, in words: ``task_struct has `__state: unsigned int` at 24``. Empty: nothing.
    pub has: String,
}

/// One thing that kernels do not agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What kind.
    pub rule: Rule,
    /// The program, by its index in [`Report::programs`](crate::Report::programs). `None`: all of them.
    pub program: Option<usize>,
    /// The instruction. `None`: the program or object as a whole.
    pub place: Option<Place>,
    /// What it is about: `task_struct.state`, `bpf_ringbuf_output`, `vfs_unlink`.
    pub subject: String,
    /// The kernels on which it is true. No kernel is in two cases.
    pub cases: Vec<Case>,
}

impl Finding {
    /// Adds a case, to one that says the same if there is one.
    fn add(&mut self, case: Case) {
        let same = |known: &&mut Case| (&known.effect, &known.has) == (&case.effect, &case.has);
        match self.cases.iter_mut().find(same) {
            Some(known) => known.kernels = known.kernels.union(&case.kernels),
            None => self.cases.push(case),
        }
    }

    /// The kernels of all cases.
    pub fn kernels(&self) -> KernelSet {
        let sets = self.cases.iter();
        sets.fold(KernelSet::default(), |all, case| all.union(&case.kernels))
    }
}

/// One finding for each thing: what groups of kernels say of one instruction is taken together.
pub(crate) fn merge(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: BTreeMap<_, Finding> = BTreeMap::new();
    for finding in findings {
        let Finding {
            rule,
            program,
            place,
            subject,
            cases,
        } = finding;
        let key = (program, place, rule, subject.clone());
        let known = merged.entry(key).or_insert(Finding {
            rule,
            program,
            place,
            subject,
            cases: Vec::new(),
        });
        cases.into_iter().for_each(|case| known.add(case));
    }
    merged.into_values().collect()
}
