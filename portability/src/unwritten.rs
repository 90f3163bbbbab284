//! Finds reads of the stack that are deeper than all that was written.

use bpf_core_kernel_facts::probed::Question;

use crate::Scene;
use crate::finding::{Effect, Finding, Rule};
use crate::visits::Cases;

/// Judges all programs, as far as they could be followed exactly.
pub(crate) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    for (number, reached) in scene.reached.iter().enumerate() {
        for (kernels, reached) in reached {
            for (place, gap) in reached.unwritten() {
                let permitted = scene
                    .probed
                    .said(Question::Permission, "unwritten_stack", kernels);
                let mut cases = Cases::of(kernels);
                cases.are_well(&permitted.yes);
                cases.add(&permitted.no, Effect::Refused, "");
                cases.rest(Effect::Unknown, "it is not known whether it permits this");
                let subject = format!("first {} of {} bytes", gap.bytes, gap.of);
                let rule = Rule::UnwrittenStack;
                cases.report(findings, rule, Some(number), Some(place), subject);
            }
        }
    }
}
