//! Finds an element of a map that is used without a test for null, where the verifier does not know that the map
//! has it.

use crate::Scene;
use crate::finding::{Effect, Finding, Rule};
use crate::visits::Cases;

/// Judges all programs, as far as they could be followed exactly.
pub(crate) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    for (number, reached) in scene.reached.iter().enumerate() {
        for (kernels, reached) in reached {
            for (place, map) in reached.unchecked() {
                let subject = format!("element of {}", scene.object.maps()[map].name);
                let mut cases = Cases::of(kernels);
                cases.add(kernels, Effect::Refused, "");
                cases.report(
                    findings,
                    Rule::UncheckedLookup,
                    Some(number),
                    Some(place),
                    subject,
                );
            }
        }
    }
}
