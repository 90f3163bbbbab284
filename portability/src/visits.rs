//! Which kernels' verifiers visit each instruction of a program: what a check asks of a [`Scene`].

use bpf_core_btf::insn::Insn;
use bpf_core_btf::object::{Place, Target};
use bpf_core_catalogue::KernelSet;

use crate::Scene;
use crate::finding::{Case, Effect, Finding, Rule};

/// An instruction that some kernels' verifiers visit.
#[derive(Debug)]
pub(crate) struct Visit<'s> {
    pub(crate) place: Place,
    pub(crate) insn: &'s Insn,
    pub(crate) kernels: Visiting,
}

/// Kernels whose verifiers visit an instruction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Visiting {
    pub(crate) surely: KernelSet,
    /// Those of which it is not known, because the program is too long to follow.
    pub(crate) maybe: KernelSet,
}

/// Why it is not known whether a verifier visits an instruction.
const TOO_LONG: &str = "the program is too long to tell whether its verifier gets here";

impl Visiting {
    /// All of them.
    pub(crate) fn all(&self) -> KernelSet {
        self.surely.union(&self.maybe)
    }

    /// Adds a group.
    pub(crate) fn add(&mut self, kernels: &KernelSet, is_sure: bool) {
        let set = if is_sure {
            &mut self.surely
        } else {
            &mut self.maybe
        };
        *set = set.union(kernels);
    }
}

impl Scene<'_> {
    /// The kernels whose verifiers visit an instruction of a program.
    pub(crate) fn visiting(&self, program: usize, place: Place) -> Visiting {
        let mut visiting = Visiting::default();
        for (kernels, reached) in &self.reached[program] {
            if reached.may_contain(place) {
                visiting.add(kernels, reached.contains(place));
            }
        }
        visiting
    }

    /// The first instruction that refers to something.
    pub(crate) fn first_use(&self, of: Target<'_>) -> Option<Place> {
        let places = self
            .programs
            .iter()
            .flat_map(|program| program.insns.keys());
        let sections = self.object.sections();
        let refers = |place: &&Place| sections[place.section].target_at(place.at) == Some(of);
        places.filter(refers).min().copied()
    }

    /// The instructions of a program that are visited on any kernel, in the order of their places.
    pub(crate) fn visits(&self, program: usize) -> impl Iterator<Item = Visit<'_>> {
        let insns = self.programs[program].insns.iter();
        insns.filter_map(move |(place, insn)| {
            let kernels = self.visiting(program, *place);
            (!kernels.all().is_empty()).then_some(Visit {
                place: *place,
                insn,
                kernels,
            })
        })
    }
}

/// What a kernel has, and why it is not known whether that is of interest.
pub(crate) fn and_too_long(has: &str) -> String {
    match has {
        "" => TOO_LONG.to_owned(),
        has => format!("{has}; {TOO_LONG}"),
    }
}

/// Cases that are put together one by one. Kernels that are in one already are left out of the next.
#[derive(Clone, Debug)]
pub(crate) struct Cases {
    left: KernelSet,
    /// Kernels whose verifiers may not get there.
    maybe: KernelSet,
    cases: Vec<Case>,
}

impl Cases {
    /// Of these kernels, those that get no case are well.
    pub(crate) fn of(kernels: &KernelSet) -> Self {
        Self {
            left: kernels.clone(),
            maybe: KernelSet::default(),
            cases: Vec::new(),
        }
    }

    /// The same, of an instruction that some of the kernels may not visit. Nothing that it does is certain
    /// there.
    pub(crate) fn at(visiting: &Visiting) -> Self {
        Self {
            maybe: visiting.maybe.clone(),
            ..Self::of(&visiting.all())
        }
    }

    /// Nothing is wrong on these kernels.
    pub(crate) fn are_well(&mut self, kernels: &KernelSet) {
        self.left = self.left.difference(kernels);
    }

    /// This happens on those of these kernels that are left.
    pub(crate) fn add(&mut self, kernels: &KernelSet, effect: Effect, has: impl Into<String>) {
        let kernels = self.left.intersection(kernels);
        self.left = self.left.difference(&kernels);
        let has = has.into();
        let maybe = kernels.intersection(&self.maybe);
        self.push(kernels.difference(&maybe), effect, has.clone());
        self.push(maybe, Effect::Unknown, and_too_long(&has));
    }

    fn push(&mut self, kernels: KernelSet, effect: Effect, has: String) {
        if !kernels.is_empty() {
            self.cases.push(Case {
                kernels,
                effect,
                has,
            });
        }
    }

    /// These cases, of an instruction that only some of the kernels visit.
    pub(crate) fn visited(&self, visiting: &Visiting) -> Self {
        let mut cases = Self::at(visiting);
        for case in &self.cases {
            cases.add(&case.kernels, case.effect.clone(), case.has.clone());
        }
        cases
    }

    /// This happens on all kernels that are left.
    pub(crate) fn rest(&mut self, effect: Effect, has: impl Into<String>) {
        let left = self.left.clone();
        self.add(&left, effect, has);
    }

    /// A finding, if there is a case.
    pub(crate) fn report(
        self,
        findings: &mut Vec<Finding>,
        rule: Rule,
        program: Option<usize>,
        place: Option<Place>,
        subject: impl Into<String>,
    ) {
        if !self.cases.is_empty() {
            findings.push(Finding {
                rule,
                program,
                place,
                subject: subject.into(),
                cases: self.cases,
            });
        }
    }
}
