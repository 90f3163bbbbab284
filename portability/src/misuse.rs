//! Finds uses of memory that not every verifier permits: elements of maps that may not be there, the stack where nothing
//! was written, and the context through a pointer that was moved.

use bpf_core_catalogue::KernelSet;
use bpf_core_kernel_facts::probed::{self, Question};

use crate::Scene;
use crate::finding::{Effect, Finding, Rule};
use crate::probed::Taken;
use crate::reach::Misuse;
use crate::visits::Cases;

/// Judges all programs, as far as they could be followed exactly.
pub(crate) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    for (number, reached) in scene.reached.iter().enumerate() {
        for (kernels, reached) in reached {
            for (place, misuse) in reached.misuses() {
                let taken = taken(scene, number, misuse, kernels);
                let mut cases = Cases::of(kernels);
                cases.are_well(&taken.yes);
                cases.add(&taken.no, Effect::Refused, "");
                cases.rest(Effect::Unknown, "it is not known whether it permits this");
                let (rule, subject) = in_words(scene, misuse);
                cases.report(findings, rule, Some(number), Some(place), subject);
            }
        }
    }
}

/// Which of these kernels permit it to a program.
fn taken(scene: &Scene<'_>, program: usize, misuse: Misuse, kernels: &KernelSet) -> Taken {
    match misuse {
        // The walk knows which verifiers know that the element is there.
        Misuse::Unchecked(_) => Taken {
            no: kernels.clone(),
            ..Taken::default()
        },
        Misuse::Unwritten { .. } => {
            let answer = "unwritten_stack";
            scene.probed.said(Question::Permission, answer, kernels)
        }
        Misuse::MovedContext(_) => {
            // A program of no known type has no context.
            let Some(kind) = &scene.programs[program].kind else {
                return Taken {
                    yes: kernels.clone(),
                    ..Taken::default()
                };
            };
            let row = probed::row(kind.section);
            let loads = scene.probed.said(Question::Loads, &row, kernels).yes;
            let taken = scene.probed.said(Question::MovedContext, &row, kernels);
            Taken {
                no: loads.intersection(&taken.no),
                ..taken
            }
        }
    }
}

fn in_words(scene: &Scene<'_>, misuse: Misuse) -> (Rule, String) {
    match misuse {
        Misuse::Unchecked(map) => {
            let map = &scene.object.maps()[usize::from(map)];
            (Rule::UncheckedLookup, format!("element of {}", map.name))
        }
        Misuse::Unwritten { bytes, of } => {
            (Rule::UnwrittenStack, format!("first {bytes} of {of} bytes"))
        }
        Misuse::MovedContext(off) => (
            Rule::ModifiedContext,
            format!("pointer to the context, moved by {off} bytes"),
        ),
    }
}
