//! Helpers that a kernel lacks, by its own `enum bpf_func_id`.

use bpf_core_btf::insn::{Callee, Op};
use bpf_core_kernel_facts::helper;

use super::number::Numbers;
use crate::finding::{Effect, Finding, Rule};
use crate::visits::Cases;
use crate::{CheckError, Scene};

/// Judges every call of a helper that a verifier visits.
pub(crate) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) -> Result<(), CheckError> {
    let helpers = Numbers::read(scene.catalogue, "bpf_func_id")?;
    for program in 0..scene.programs.len() {
        for visit in scene.visits(program) {
            if visit.insn.op() != Op::Call(Callee::Helper)
                || is_local(scene, visit.place.section, visit.place.at)
            {
                continue;
            }
            let number = visit.insn.imm as u64;
            let helper = helpers.value(number);
            let mut cases = Cases::of(&visit.kernels);
            cases.are_well(&helper.there);
            if let Some(older) = scene.loader.older_helper(number) {
                cases.are_well(&helpers.value(older).there);
            }
            cases.add(&helper.known, Effect::Refused, "");
            cases.add(&visit.kernels, Effect::Unknown, helper.unknown);
            let place = Some(visit.place);
            cases.report(
                findings,
                Rule::UnknownHelper,
                Some(program),
                place,
                name(number),
            );
        }
    }
    Ok(())
}

/// A call of the object's own function looks like that of a helper until it is relocated.
fn is_local(scene: &Scene<'_>, section: usize, at: u32) -> bool {
    scene.object.sections()[section].target_at(at).is_some()
}

/// `bpf_ringbuf_output`
pub(crate) fn name(number: u64) -> String {
    let mut all = helper::all();
    match all.find(|(known, _)| u64::from(*known) == number) {
        Some((_, name)) => format!("bpf_{name}"),
        None => format!("helper {number}"),
    }
}
