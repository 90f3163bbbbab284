//! Each program's verdict on each kernel, and the findings behind it.

use std::sync::Arc;

use bpf_core_catalogue::{Kernel, KernelSet};

use crate::finding::{Effect, Finding, merge};
use crate::program::Program;

/// What one program does on one kernel. The worst comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Verdict {
    /// It loads, and reads what it means to.
    Works,
    /// What is known of the kernel does not tell.
    Unknown,
    /// It is refused if a variable of `.rodata` is set.
    Depends,
    /// It loads and gives wrong values.
    WrongValue,
    /// It loads and cannot be attached.
    NotAttached,
    /// It does not load.
    Refused,
}

impl From<&Effect> for Verdict {
    fn from(effect: &Effect) -> Self {
        match effect {
            Effect::Unknown => Self::Unknown,
            Effect::RefusedIf(_) => Self::Depends,
            Effect::WrongValue => Self::WrongValue,
            Effect::NotAttached => Self::NotAttached,
            Effect::Refused => Self::Refused,
        }
    }
}

/// A program, and its verdict on each kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Verdicts {
    /// The program's name.
    pub name: String,
    /// The name of its section.
    pub section: String,
    /// Verdicts, each with its kernels. Every kernel that was judged is in one of them.
    pub on: Vec<(Verdict, KernelSet)>,
}

impl Verdicts {
    /// The verdict on one kernel. `None` if it was not judged.
    pub fn on(&self, kernel: usize) -> Option<Verdict> {
        let found = self.on.iter().find(|(_, set)| set.contains(kernel));
        found.map(|(verdict, _)| *verdict)
    }
}

/// What is known of an object on many kernels.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// The kernels, by their numbers: those of the catalogue.
    pub kernels: Arc<[Kernel]>,
    /// Which of them were judged.
    pub judged: KernelSet,
    /// The programs, in the order of the object.
    pub programs: Vec<Verdicts>,
    /// What is found, by program and instruction.
    pub findings: Vec<Finding>,
}

impl Report {
    pub(crate) fn new(
        programs: &[Program<'_>],
        kernels: &Arc<[Kernel]>,
        judged: &KernelSet,
        findings: Vec<Finding>,
    ) -> Self {
        let findings = merge(findings);
        let verdicts = programs
            .iter()
            .enumerate()
            .map(|(number, program)| Verdicts {
                name: program.function.name.to_owned(),
                section: program.section.to_owned(),
                on: verdicts(number, judged, &findings),
            });
        Self {
            kernels: Arc::clone(kernels),
            judged: judged.clone(),
            programs: verdicts.collect(),
            findings,
        }
    }
}

/// The worst effect on each kernel is the verdict.
fn verdicts(program: usize, judged: &KernelSet, findings: &[Finding]) -> Vec<(Verdict, KernelSet)> {
    let about = findings
        .iter()
        .filter(|finding| finding.program.is_none_or(|other| other == program));
    let cases: Vec<_> = about.flat_map(|finding| &finding.cases).collect();
    let mut on: Vec<(Verdict, KernelSet)> = Vec::new();
    for kernel in judged.iter() {
        let here = cases.iter().filter(|case| case.kernels.contains(kernel));
        let worst = here.map(|case| Verdict::from(&case.effect)).max();
        let verdict = worst.unwrap_or(Verdict::Works);
        match on.iter_mut().find(|(known, _)| *known == verdict) {
            Some((_, set)) => set.insert(kernel),
            None => on.push((verdict, [kernel].into_iter().collect())),
        }
    }
    on.sort_by_key(|(verdict, _)| *verdict);
    on
}
