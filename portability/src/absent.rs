//! Finds what a kernel lacks and a program needs: a record without an answer that the verifier reaches.

use bpf_core_btf::object::Target;
use bpf_core_catalogue::KernelSet;

use crate::Scene;
use crate::answers::Answer;
use crate::finding::{Case, Effect, Finding, Rule};
use crate::program::Program;
use crate::visits::and_too_long;

/// What is said of a type that is the program's own.
const NOWHERE: &str = "no kernel that is known has the type: a loader may bring it";

/// Judges all programs.
pub(crate) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    for (number, program) in scene.programs.iter().enumerate() {
        let places = program.insns.keys();
        for (place, record) in places.filter_map(|at| Some((*at, scene.answers.at(*at)?))) {
            let record = &scene.answers.records()[record];
            let mut cases = Vec::new();
            let option = option(scene, program);
            for (on, answer) in &record.on {
                let Answer::Poison(has) = answer else {
                    continue;
                };
                for (kernels, reached) in &scene.reached[number] {
                    let kernels = kernels.intersection(on);
                    let effect = if record.is_nowhere && reached.contains(place) {
                        Effect::Unknown
                    } else if reached.contains(place) {
                        Effect::Refused
                    } else if reached.may_contain(place) {
                        Effect::Unknown
                    } else if let Some(names) = reached.if_set(place) {
                        Effect::RefusedIf(names.to_owned())
                    } else {
                        continue;
                    };
                    let has = match effect {
                        _ if record.is_nowhere => NOWHERE.to_owned(),
                        Effect::Unknown => and_too_long(has),
                        _ => with_guard(scene, has, reached.guard(place)),
                    };
                    let mut add = |kernels: KernelSet, effect, has| {
                        if !kernels.is_empty() {
                            cases.push(Case {
                                kernels,
                                effect,
                                has,
                            });
                        }
                    };
                    let Some((name, unknown)) = option.filter(|_| effect == Effect::Refused) else {
                        add(kernels, effect, has);
                        continue;
                    };
                    let why = format!("{has}; the value of `{name}` is not known");
                    add(kernels.intersection(unknown), Effect::Unknown, why);
                    add(kernels.difference(unknown), effect, has);
                }
            }
            if !cases.is_empty() {
                findings.push(Finding {
                    rule: Rule::AbsentField,
                    program: Some(number),
                    place: Some(place),
                    subject: record.subject.clone(),
                    cases,
                });
            }
        }
    }
}

/// An option that the program reads and that some kernels do not tell. It may be what leads to a record.
fn option<'s>(scene: &'s Scene<'_>, program: &Program<'_>) -> Option<&'s (&'s str, KernelSet)> {
    let mut options = scene.unknown_options.iter();
    options.find(|(name, _)| {
        let mut places = program.insns.keys();
        places.any(|place| {
            let section = &scene.object.sections()[place.section];
            section.target_at(place.at) == Some(Target::Extern(name))
        })
    })
}

/// What the kernel has, and what the program asks before, which tells nothing of it.
fn with_guard(scene: &Scene<'_>, has: &str, guard: Option<usize>) -> String {
    match guard.map(|guard| &scene.answers.records()[guard].subject) {
        Some(subject) if has.is_empty() => format!("the guard asks for `{subject}`"),
        Some(subject) => format!("{has}; the guard asks for `{subject}`"),
        None => has.to_owned(),
    }
}
