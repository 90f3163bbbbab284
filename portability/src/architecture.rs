//! Tells for which architectures an object is built: the registers of a context (`struct pt_regs`) have
//! names of their own on each, so such an object is loaded there alone.

use std::collections::BTreeSet;

use bpf_core_catalogue::{Kernel, KernelSet};

use crate::answers::{Answer, Answers};

/// Structs whose fields are registers (`PT_REGS_PARM1` of libbpf's `bpf_tracing.h`).
const REGISTERS: [&str; 4] = [
    "struct pt_regs",
    "struct user_pt_regs",
    // On s390.
    "typedef user_pt_regs",
    "struct user_regs_struct",
];

/// The kernels of those architectures that the object's registers are of. All, if it names no registers, or
/// registers of several architectures: it then chooses at run time.
pub(crate) fn kernels_for(answers: &Answers, kernels: &[Kernel], asked: &KernelSet) -> KernelSet {
    let architecture = |kernel: usize| kernels[kernel].architecture.as_str();
    let mut built_for = asked.clone();
    for record in answers.records() {
        let root = record.subject.split(['.', '[']).next().unwrap_or_default();
        if !REGISTERS.contains(&bpf_core_btf::essential_name(root)) {
            continue;
        }
        let there = record.on.iter();
        let there = there.filter(|(_, answer)| matches!(answer, Answer::Value { .. }));
        let there: BTreeSet<&str> = there
            .flat_map(|(set, _)| set.iter().map(architecture))
            .collect();
        let there = built_for
            .iter()
            .filter(|at| there.contains(architecture(*at)));
        built_for = there.collect();
    }
    if built_for.is_empty() {
        return asked.clone();
    }
    built_for
}
