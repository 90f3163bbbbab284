//! What a program on a hook gives. Verifiers take no other number than the hook may get: 0 alone of `fentry` and `fexit`,
//! 0 and 1 of an iterator, and newer ones 0 and errnos alone of an LSM hook.

use std::ops::RangeInclusive;

use bpf_core_catalogue::{KernelSet, TypeRef};
use bpf_core_kernel_facts::probed::Question;
use bpf_core_kernel_facts::target::lsm_function;
use bpf_core_kernel_facts::{Program, Target};

use super::restriction::in_set;
use crate::finding::{Effect, Finding, Rule};
use crate::reach::results_taken;
use crate::visits::Cases;
use crate::{CheckError, Scene};

/// Judges each end of a program on a hook.
pub(super) fn check(
    scene: &Scene<'_>,
    number: usize,
    (target, program): (Target<'_>, &Program<'_>),
    findings: &mut Vec<Finding>,
) -> Result<(), CheckError> {
    let Some(taken) = results_taken(program.section.attach_type) else {
        return Ok(());
    };
    match target {
        Target::Lsm(hook) => {
            let of_errno = of_errno(scene, hook)?;
            let refuse = |kernels: &KernelSet| {
                let kernels = kernels.intersection(&of_errno);
                scene.probed.said(Question::AnyResult, "lsm", &kernels).no
            };
            ends(scene, number, hook, taken, refuse, findings);
        }
        Target::Function(name) | Target::Iterator(name) => {
            ends(scene, number, name, taken, KernelSet::clone, findings);
        }
        _ => {}
    }
    Ok(())
}

/// The kernels whose LSM hook gets an errno.
fn of_errno(scene: &Scene<'_>, hook: &str) -> Result<KernelSet, CheckError> {
    let function = lsm_function(hook);
    let mut of_errno = KernelSet::default();
    for (prototype, kernels) in scene.catalogue.prototypes(&function)? {
        if matches!(&prototype.result, TypeRef::Named { name, .. } if name == "int") {
            of_errno = of_errno.union(&kernels);
        }
    }
    let of_truth = in_set(scene, &function, |set| set == "bool_lsm_hooks")?;
    Ok(of_errno.difference(&of_truth))
}

/// The ends that give more than what is `taken`, on those of some kernels that `refuse` it.
fn ends(
    scene: &Scene<'_>,
    number: usize,
    hook: &str,
    taken: RangeInclusive<i32>,
    refuse: impl Fn(&KernelSet) -> KernelSet,
    findings: &mut Vec<Finding>,
) {
    for (kernels, reached) in &scene.reached[number] {
        let refused = refuse(kernels);
        for (place, (least, most)) in reached.results() {
            if taken.contains(&least) && taken.contains(&most) {
                continue;
            }
            let mut cases = Cases::of(kernels);
            let has = match (least, most) {
                (least, most) if least == most => format!("the program gives {least}"),
                (i32::MIN, i32::MAX) => "the program gives a number that may be any".to_owned(),
                _ => format!("the program gives a number from {least} to {most}"),
            };
            cases.add(&refused, Effect::Refused, has);
            let subject = format!("result of {hook}");
            cases.report(
                findings,
                Rule::UnboundedResult,
                Some(number),
                Some(place),
                subject,
            );
        }
    }
}
