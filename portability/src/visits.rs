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
    pub(crate) kernels: KernelSet,
}

impl Scene<'_> {
    /// The kernels whose verifiers visit an instruction of a program.
    pub(crate) fn visiting(&self, program: usize, place: Place) -> KernelSet {
        let groups = self.reached[program].iter();
        let visited = groups.filter(|(_, reached)| reached.contains(place));
        visited.fold(KernelSet::default(), |all, (set, _)| all.union(set))
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
            (!kernels.is_empty()).then_some(Visit {
                place: *place,
                insn,
                kernels,
            })
        })
    }
}

/// Cases that are put together one by one. Kernels that are in one already are left out of the next.
#[derive(Clone, Debug)]
pub(crate) struct Cases {
    left: KernelSet,
    cases: Vec<Case>,
}

impl Cases {
    /// Of these kernels, those that get no case are well.
    pub(crate) fn of(kernels: &KernelSet) -> Self {
        Self {
            left: kernels.clone(),
            cases: Vec::new(),
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
        if !kernels.is_empty() {
            self.cases.push(Case {
                kernels,
                effect,
                has: has.into(),
            });
        }
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
