//! Finds loads and stores through a pointer into the context that was moved, which most verifiers refuse.

use bpf_core_kernel_facts::probed::{self, Question};

use crate::Scene;
use crate::finding::{Effect, Finding, Rule};
use crate::visits::Cases;

/// Judges all programs, as far as they could be followed exactly.
pub(crate) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    for (number, reached) in scene.reached.iter().enumerate() {
        let Some(kind) = &scene.programs[number].kind else {
            continue;
        };
        let row = probed::row(kind.section);
        for (kernels, reached) in reached {
            for (place, off) in reached.moved_contexts() {
                let said = |question| scene.probed.said(question, &row, kernels);
                let loads = said(Question::Loads).yes;
                let takes = said(Question::MovedContext);
                let mut cases = Cases::of(kernels);
                cases.are_well(&takes.yes);
                cases.add(&loads.intersection(&takes.no), Effect::Refused, "");
                cases.rest(Effect::Unknown, "it is not known whether it takes this");
                let subject = format!("pointer to the context, moved by {off} bytes");
                let rule = Rule::ModifiedContext;
                cases.report(findings, rule, Some(number), Some(place), subject);
            }
        }
    }
}
