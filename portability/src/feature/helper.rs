//! Helpers that a kernel lacks, by its own `enum bpf_func_id`, or does not allow: which a program may call
//! depends on its type and licence, and differs between kernels.

use std::collections::BTreeMap;

use bpf_core_btf::Poison;
use bpf_core_btf::insn::{Callee, Op};
use bpf_core_kernel_facts::helper;
use bpf_core_kernel_facts::probed::{self, Question};

use bpf_core_catalogue::{KernelSet, OpenError};

use crate::finding::{Effect, Finding, Rule};
use crate::licence;
use crate::number::Numbers;
use crate::program::Program;
use crate::visits::Cases;
use crate::{CheckError, Scene};

/// Judges every call of a helper that a verifier visits.
pub(crate) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) -> Result<(), CheckError> {
    let helpers = Numbers::read(scene.catalogue, "bpf_func_id")?;
    for (program, of) in scene.programs.iter().enumerate() {
        let row = of.kind.map(|kind| probed::row(kind.section));
        let more = more(scene, of)?;
        let mut judged: BTreeMap<u64, Cases> = BTreeMap::new();
        for visit in scene.visits(program) {
            if visit.insn.op() != Op::Call(Callee::Helper)
                || is_local(scene, visit.place.section, visit.place.at)
            {
                continue;
            }
            // A poisoned record is told of as a record, which has a name.
            if scene.answers.at(visit.place).is_some() {
                continue;
            }
            let number = visit.insn.imm as u64;
            let cases = judged
                .entry(number)
                .or_insert_with(|| judge(scene, &helpers, row.as_deref(), &more, number));
            cases.visited(&visit.kernels).report(
                findings,
                Rule::UnknownHelper,
                Some(program),
                Some(visit.place),
                name(number),
            );
        }
    }
    Ok(())
}

/// The kernels whose iterator has helpers of its own.
///
/// Source: `get_func_proto` of `struct bpf_iter_reg`: `bpf_iter_tcp_get_func_proto` in `tcp_ipv4.c`,
/// `bpf_iter_unix_get_func_proto` in `af_unix.c`.
fn more(scene: &Scene<'_>, program: &Program<'_>) -> Result<KernelSet, OpenError> {
    let kind = program
        .kind
        .filter(|kind| kind.section.attach_type == "trace_iter");
    let Some(kind) = kind else {
        return Ok(KernelSet::default());
    };
    let name = format!("bpf_iter_{}_get_func_proto", kind.target);
    let has = scene.catalogue.functions_named(&name)?;
    let has = has.iter().map(|entry| entry.kernels());
    Ok(has.fold(KernelSet::default(), |all, kernels| all.union(&kernels)))
}

/// The helpers that these iterators add: `bpf_setsockopt`, `bpf_getsockopt`.
const OF_ITERATORS: [u64; 2] = [49, 57];

/// What every kernel makes of a call of a helper.
fn judge(
    scene: &Scene<'_>,
    helpers: &Numbers,
    row: Option<&str>,
    more: &KernelSet,
    number: u64,
) -> Cases {
    let helper = helpers.value(number);
    let mut cases = Cases::of(scene.kernels);
    let mut lack = helper.known.difference(&helper.there);
    if let Some(older) = scene.loader.older_helper(number) {
        lack = lack.difference(&helpers.value(older).there);
    }
    cases.add(&lack, Effect::Refused, "");
    if OF_ITERATORS.contains(&number) {
        cases.are_well(&more.intersection(&helper.there));
    }
    if let Some(row) = row {
        allow(scene, row, number, &helper.there, &mut cases);
    }
    if !licence::is_gpl(scene) {
        let number = number.to_string();
        let said = scene
            .probed
            .said(Question::Restricted, &number, &helper.there);
        cases.add(&said.yes, Effect::Refused, licence::FOR_GPL);
    }
    cases.are_well(&helper.known);
    cases.rest(Effect::Unknown, helper.unknown);
    cases
}

/// Whether programs of this kind may call a helper that is there.
fn allow(scene: &Scene<'_>, row: &str, number: u64, there: &KernelSet, cases: &mut Cases) {
    let question = Question::Helper(row);
    if probed::heard(question) == 0 {
        return;
    }
    let said = scene.probed.said(question, &number.to_string(), there);
    let program_type = row.split('/').next().unwrap_or(row);
    let has = format!("not for programs of type `{program_type}`");
    cases.add(&said.no, Effect::Refused, has);
    let unknown = there.difference(&said.yes).difference(&said.no);
    let has = format!("it is not known whether programs of type `{program_type}` may call it");
    cases.add(&unknown, Effect::Unknown, has);
}

/// A call of the object's own function looks like that of a helper until it is relocated.
fn is_local(scene: &Scene<'_>, section: usize, at: u32) -> bool {
    scene.object.sections()[section].target_at(at).is_some()
}

/// `bpf_ringbuf_output`; of a number that stands for something else, what that is.
pub(crate) fn name(number: u64) -> String {
    if let Some(poison) = Poison::of_helper(number.cast_signed()) {
        return poison.to_string();
    }
    let mut all = helper::all();
    match all.find(|(known, _)| u64::from(*known) == number) {
        Some((_, name)) => format!("bpf_{name}"),
        None => format!("helper {number}"),
    }
}
