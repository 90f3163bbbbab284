//! What a program on an LSM hook gives. Newer verifiers take 0 and errnos alone.

use bpf_core_catalogue::{KernelSet, TypeRef};
use bpf_core_kernel_facts::probed::Question;
use bpf_core_kernel_facts::target::lsm_function;

use super::restriction::in_set;
use crate::finding::{Effect, Finding, Rule};
use crate::visits::Cases;
use crate::{CheckError, Scene};

/// The least number that is an errno (`MAX_ERRNO`).
const LEAST_ERRNO: i32 = -4095;

/// Judges each end of a program on a hook.
///
/// Source: `bpf_lsm_get_retval_range` in `kernel/bpf/bpf_lsm.c`, `check_return_code` in `kernel/bpf/verifier.c`.
pub(super) fn check(
    scene: &Scene<'_>,
    number: usize,
    hook: &str,
    findings: &mut Vec<Finding>,
) -> Result<(), CheckError> {
    let function = lsm_function(hook);
    let mut of_errno = KernelSet::default();
    for (prototype, kernels) in scene.catalogue.prototypes(&function)? {
        if matches!(&prototype.result, TypeRef::Named { name, .. } if name == "int") {
            of_errno = of_errno.union(&kernels);
        }
    }
    let of_truth = in_set(scene, &function, |set| set == "bool_lsm_hooks")?;
    let of_errno = of_errno.difference(&of_truth);
    for (kernels, reached) in &scene.reached[number] {
        let kernels = kernels.intersection(&of_errno);
        let any = scene.probed.said(Question::AnyResult, "lsm", &kernels);
        for (place, (least, most)) in reached.results() {
            if LEAST_ERRNO <= least && most <= 0 {
                continue;
            }
            let mut cases = Cases::of(&kernels);
            let has = match (least, most) {
                (least, most) if least == most => format!("the program gives {least}"),
                (i32::MIN, i32::MAX) => "the program gives a number that may be any".to_owned(),
                _ => format!("the program gives a number from {least} to {most}"),
            };
            cases.add(&any.no, Effect::Refused, has);
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
    Ok(())
}
