//! Finds records for which a loader refuses the object: they fit several types of the kernel with different
//! answers, or they and their instruction are damaged.

use bpf_core_btf::Fault;
use bpf_core_catalogue::KernelSet;

use crate::answers::{Answer, Answers};
use crate::finding::{Case, Effect, Finding, Rule};
use crate::program::Program;

/// Judges one program on one group of kernels. Whether the verifier reaches the instruction does not
/// matter: the loader refuses the whole object first.
pub(crate) fn check(
    (number, program): (usize, &Program<'_>),
    answers: &Answers<'_>,
    kernels: &KernelSet,
    findings: &mut Vec<Finding>,
) {
    for place in program.insns.keys() {
        let (rule, subject, has) = match answers.at(*place) {
            Some(Answer::Unresolved(error)) => {
                let rule = match error.fault {
                    Fault::OffsetAmbiguity { .. } | Fault::ValueAmbiguity { .. } => {
                        Rule::AmbiguousType
                    }
                    _ => Rule::InvalidRelocation,
                };
                (rule, error.relo.clone(), error.fault.to_string())
            }
            Some(Answer::Unpatched { resolution, error }) => {
                let subject = resolution.local.to_string();
                (Rule::InvalidRelocation, subject, error.to_string())
            }
            _ => continue,
        };
        findings.push(Finding {
            rule,
            program: Some(number),
            place: Some(*place),
            subject,
            cases: vec![Case {
                kernels: kernels.clone(),
                effect: Effect::Refused,
                has,
            }],
        });
    }
}
