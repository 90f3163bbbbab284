//! Finds records for which a loader refuses the object: they fit several types of the kernel with different
//! answers, or they and their instruction are damaged.

use crate::Scene;
use crate::answers::Answer;
use crate::finding::{Case, Effect, Finding, Rule};

/// Judges all programs. Whether the verifier reaches the instruction does not matter: the loader refuses
/// the object first.
pub(crate) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    for record in scene.answers.records() {
        let place = record.place;
        // The loader passes over a record behind the last function.
        let Some(function) = scene.object.function_at(place.section, place.at) else {
            continue;
        };
        let mut programs = scene.programs.iter();
        let program = programs.position(|program| program.function == *function);
        for (kernels, answer) in &record.on {
            let Answer::Error { is_ambiguous, why } = answer else {
                continue;
            };
            findings.push(Finding {
                rule: match is_ambiguous {
                    true => Rule::AmbiguousType,
                    false => Rule::InvalidRelocation,
                },
                program,
                place: Some(place),
                subject: record.subject.clone(),
                cases: vec![Case {
                    kernels: kernels.clone(),
                    effect: Effect::Refused,
                    has: why.clone(),
                }],
            });
        }
    }
}
