//! Tells for which architectures an object is built: those of its byte order. The registers of a context
//! (`struct pt_regs`) have names of their own on each, so an object with these is loaded there alone.

use std::collections::BTreeSet;

use bpf_core_btf::Endian;
use bpf_core_catalogue::{Kernel, KernelSet, is_big_endian};

use crate::answers::{Answer, Answers};

/// Structs whose fields are registers (`PT_REGS_PARM1` of libbpf's `bpf_tracing.h`).
const REGISTERS: [&str; 4] = [
    "struct pt_regs",
    "struct user_pt_regs",
    // On s390.
    "typedef user_pt_regs",
    "struct user_regs_struct",
];

/// The kernels of those architectures that the object is built for: libbpf opens no object of another byte order
/// (`bpf_object__check_endianness`). An object that names registers of several architectures chooses at run time.
/// If no asked kernel has the byte order, all are judged: the same source may be built for them. None is, if no
/// kernel has a register: the object is for an architecture of which no kernel is known.
pub(crate) fn kernels_for(
    endian: Endian,
    answers: &Answers,
    kernels: &[Kernel],
    asked: &KernelSet,
) -> KernelSet {
    let architecture = |kernel: usize| kernels[kernel].architecture.as_str();
    let is_big = matches!(endian, Endian::Big);
    let of_its_order = |at: &usize| is_big_endian(architecture(*at)) == is_big;
    let of_its_order: KernelSet = asked.iter().filter(of_its_order).collect();
    if of_its_order.is_empty() {
        return asked.clone();
    }
    let mut built_for = of_its_order.clone();
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
        if there.is_empty() {
            return KernelSet::default();
        }
        let there = built_for
            .iter()
            .filter(|at| there.contains(architecture(*at)));
        built_for = there.collect();
    }
    if built_for.is_empty() {
        return of_its_order;
    }
    built_for
}
