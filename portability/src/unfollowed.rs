//! Tells of programs that are too long to follow: nothing is said of what they do further on.

use bpf_core_catalogue::KernelSet;

use crate::Scene;
use crate::finding::{Effect, Finding, Rule};
use crate::visits::Cases;

/// Judges all programs.
pub(crate) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    for (number, groups) in scene.reached.iter().enumerate() {
        let open = groups.iter().filter(|(_, reached)| reached.is_open());
        let open = open.fold(KernelSet::default(), |all, (set, _)| all.union(set));
        let mut cases = Cases::of(&open);
        let has = "the program is too long to follow to its end";
        cases.rest(Effect::Unknown, has);
        let subject = scene.programs[number].function.name;
        cases.report(
            findings,
            Rule::UnfollowedProgram,
            Some(number),
            None,
            subject,
        );
    }
}
