//! Finds what a kernel lacks and a program needs: a record without an answer that the verifier reaches.

use bpf_core_catalogue::KernelSet;

use crate::answers::{Answer, Answers};
use crate::finding::{Case, Effect, Finding, Rule};
use crate::program::Program;
use crate::reach::Reached;

/// Judges one program on one group of kernels.
pub(crate) fn check(
    (number, program): (usize, &Program<'_>),
    answers: &Answers<'_>,
    reached: &Reached,
    kernels: &KernelSet,
    findings: &mut Vec<Finding>,
) {
    for place in reached.places() {
        if let Some(Answer::Poison(resolution)) = answers.at(place) {
            findings.push(Finding {
                rule: Rule::AbsentField,
                program: Some(number),
                place: Some(place),
                subject: resolution.local.path(),
                cases: vec![Case {
                    kernels: kernels.clone(),
                    effect: Effect::Refused,
                    has: String::new(),
                }],
            });
        }
    }
    let _ = program;
}
