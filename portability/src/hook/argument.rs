//! Arguments that a program reads, and that a kernel has at another place, of another type, or not at all.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use bpf_core_btf::essential_name;
use bpf_core_btf::object::Place;
use bpf_core_catalogue::KernelSet;
use bpf_core_kernel_facts::context::{self, Context};
use bpf_core_kernel_facts::probed::Question;
use bpf_core_kernel_facts::target::{Target, iterator_function, lsm_function};

use super::prototype::{self, Slot, Version};
use super::usage;
use crate::finding::{Effect, Finding, Rule};
use crate::visits::{Cases, Visiting};
use crate::{CheckError, Scene};

/// How the program sees the arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    /// In slots, checked by the verifier.
    Typed {
        /// The function's result stands behind the arguments.
        has_result: bool,
    },
    /// In slots, counted when the program is attached.
    Numbers,
    /// In the registers.
    Registers,
}

/// Judges every load from the context of a program whose target has a prototype.
pub(super) fn check(
    scene: &Scene<'_>,
    number: usize,
    target: Target<'_>,
    findings: &mut Vec<Finding>,
) -> Result<(), CheckError> {
    let program = &scene.programs[number];
    let Some(kind) = program.kind else {
        return Ok(());
    };
    let section = kind.section.name.trim_end_matches('+');
    let has_result = kind.section.passes_result();
    let arguments_alone = View::Typed { has_result: false };
    let (prototypes, view) = match target {
        Target::Function(name) => (
            scene.catalogue.prototypes(name)?,
            View::Typed { has_result },
        ),
        Target::Lsm(name) => (
            scene.catalogue.prototypes(&lsm_function(name))?,
            View::Typed { has_result },
        ),
        Target::TypedTracepoint(name) => (
            scene.catalogue.tracepoint_prototypes(name)?,
            View::Typed { has_result },
        ),
        Target::Iterator(name) => (
            scene.catalogue.prototypes(&iterator_function(name))?,
            arguments_alone,
        ),
        Target::Member(record, member) => (
            prototype::of_member(scene.catalogue, record, member)?,
            arguments_alone,
        ),
        Target::RawTracepoint(name) => {
            (scene.catalogue.tracepoint_prototypes(name)?, View::Numbers)
        }
        Target::Probe(name)
            if section == "kprobe" && kind.context(program.function.name) == Context::Registers =>
        {
            (scene.catalogue.prototypes(name)?, View::Registers)
        }
        _ => return Ok(()),
    };
    let versions = prototypes.into_iter();
    let versions = versions.map(|(prototype, kernels)| Version { prototype, kernels });
    let judge = Judge {
        scene,
        versions: versions.collect(),
        view,
        is_lsm: matches!(target, Target::Lsm(_)),
        records: records_of(scene, number),
    };
    let mut told: Vec<Finding> = Vec::new();
    for ((offset, place), load) in judge.loads(number) {
        let mut arguments = judge.arguments(offset, &load);
        if view == View::Registers && arguments.keys().any(|at| judge.has(*at)) {
            // The program is for an architecture on which it reads what there is.
            arguments.retain(|at, _| judge.has(*at));
        }
        for (argument, load) in arguments {
            let cases = judge.compare(argument, &load)?;
            let mut found = Vec::new();
            let subject = format!("argument {} of {target}", argument + 1);
            let (program, place) = (Some(number), Some(place));
            cases.report(&mut found, Rule::MovedArgument, program, place, subject);
            // One argument is often read at several places.
            found.retain(|one| {
                let mut all = told.iter();
                !all.any(|other| (&other.subject, &other.cases) == (&one.subject, &one.cases))
            });
            told.extend(found);
        }
    }
    findings.extend(told);
    Ok(())
}

/// The kernels on which a verifier visits a load, those on which the value is looked at, and those on
/// which the program gives it as its result.
#[derive(Debug, Default)]
struct Load {
    visited: Visiting,
    used: KernelSet,
    given: KernelSet,
}

struct Judge<'s> {
    scene: &'s Scene<'s>,
    versions: Vec<Version>,
    view: View,
    is_lsm: bool,
    /// The structs that the program reads by CO-RE, as C writes them.
    records: BTreeSet<&'s str>,
}

/// `struct task_struct` of the record `struct task_struct___old.state (0:1)`.
fn records_of<'s>(scene: &'s Scene<'_>, number: usize) -> BTreeSet<&'s str> {
    let insns = &scene.programs[number].insns;
    let records = scene.answers.records().iter();
    let records = records.filter(|record| insns.contains_key(&record.place));
    let roots = records.filter_map(|record| record.subject.split(['.', ' ', '(']).nth(1));
    roots.map(essential_name).collect()
}

impl Judge<'_> {
    fn loads(&self, number: usize) -> BTreeMap<(i32, Place), Load> {
        let mut loads: BTreeMap<(i32, Place), Load> = BTreeMap::new();
        for (kernels, reached) in &self.scene.reached[number] {
            for (place, offset, is_sure) in reached.context_loads() {
                let load = loads.entry((offset, place)).or_default();
                load.visited.add(kernels, is_sure);
                let program = &self.scene.programs[number];
                if usage::is_used(program, reached, place) {
                    load.used = load.used.union(kernels);
                }
                if usage::is_result(program, reached, place) {
                    load.given = load.given.union(kernels);
                }
            }
        }
        loads
    }

    /// The arguments that a load reads: architectures have them in different registers.
    fn arguments(&self, offset: i32, load: &Load) -> BTreeMap<usize, Load> {
        let mut arguments: BTreeMap<usize, Load> = BTreeMap::new();
        for kernel in load.visited.all().iter() {
            let architecture = &self.scene.catalogue.kernels()[kernel].architecture;
            let argument = match self.view {
                View::Registers => context::argument_register(architecture, offset),
                _ => usize::try_from(offset).ok().map(|offset| offset / 8),
            };
            if let Some(argument) = argument {
                let here = arguments.entry(argument).or_default();
                for (from, to) in [
                    (&load.visited.surely, &mut here.visited.surely),
                    (&load.visited.maybe, &mut here.visited.maybe),
                    (&load.used, &mut here.used),
                    (&load.given, &mut here.given),
                ] {
                    if from.contains(kernel) {
                        to.insert(kernel);
                    }
                }
            }
        }
        arguments
    }

    /// Whether some kernel has that argument.
    fn has(&self, argument: usize) -> bool {
        let slots = self.versions.iter();
        let mut slots = slots.filter_map(|version| version.slot(argument, false));
        slots.any(|slot| slot != Slot::Nothing)
    }

    fn compare(&self, argument: usize, load: &Load) -> Result<Cases, CheckError> {
        let has_result = self.view == View::Typed { has_result: true };
        let nothing = match self.view {
            View::Typed { .. } => Effect::Refused,
            View::Numbers => Effect::NotAttached,
            View::Registers => Effect::WrongValue,
        };
        let mut cases = Cases::at(&load.visited);
        let mut slots: Vec<(Slot<'_>, &Version, KernelSet)> = Vec::new();
        for version in &self.versions {
            let used = version.kernels.intersection(&load.used);
            match version.slot(argument, has_result) {
                None => {}
                Some(Slot::Nothing) if self.view == View::Registers => {
                    cases.add(&used, nothing.clone(), text(version));
                }
                Some(Slot::Nothing) => {
                    cases.add(&version.kernels, nothing.clone(), text(version));
                }
                Some(slot) => {
                    if let Slot::Argument(..) = slot
                        && self.is_lsm
                    {
                        let given = version.kernels.intersection(&load.given);
                        let any = self.scene.probed.said(Question::AnyResult, "lsm", &given);
                        let has = format!(
                            "{}: its verifier takes a hook's result only if that is 0 or an errno",
                            text(version)
                        );
                        cases.add(&any.no, Effect::Refused, has);
                    }
                    if !used.is_empty() {
                        slots.push((slot, version, used));
                    }
                }
            }
        }
        let expected = slots.iter().max_by_key(|slot| self.likelihood(slot));
        if let Some((expected, ..)) = expected {
            for (slot, version, kernels) in &slots {
                if version.is_other(*slot, *expected) && !self.is_renamed(*slot, *expected)? {
                    cases.add(kernels, Effect::WrongValue, text(version));
                }
            }
        }
        Ok(cases)
    }

    /// Whether one argument points to a struct that has another name.
    fn is_renamed(&self, here: Slot<'_>, there: Slot<'_>) -> Result<bool, CheckError> {
        let (Slot::Argument(name, _), Slot::Argument(other, _)) = (here, there) else {
            return Ok(false);
        };
        Ok(match (here.record(), there.record()) {
            (Some(one), Some(two)) if name == other && !name.is_empty() => {
                self.scene.catalogue.begin_alike(&one, &two)?
            }
            _ => false,
        })
    }

    /// What the program takes a value for is not in the object. If it points to a struct that the program
    /// reads, that is it; else it is what the oldest kernel has, as programs are older than changes.
    fn likelihood(&self, (slot, _, kernels): &(Slot<'_>, &Version, KernelSet)) -> impl Ord + use<> {
        let record = slot.record();
        let is_read = record.is_some_and(|record| self.records.contains(record.as_str()));
        let all = self.scene.catalogue.kernels();
        let oldest = kernels.iter().map(|kernel| all[kernel].numbers()).min();
        (is_read, Reverse(oldest))
    }
}

fn text(version: &Version) -> String {
    let parameters = version.prototype.parameters.iter();
    let parameters: Vec<String> = parameters
        .map(|(name, of)| format!("{of} {name}").trim_end().replace("* ", "*"))
        .collect();
    let result = &version.prototype.result;
    format!("it has `{result} ({})`", parameters.join(", "))
}
