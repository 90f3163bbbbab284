//! Finds reads that succeed and give something else: the kernel's field has another size than the read, is
//! a bit-field, or has a sign where the program takes it for none, and the other way round.

use std::collections::BTreeSet;

use bpf_core_btf::CoreReloKind;
use bpf_core_btf::insn::Op;

use crate::Scene;
use crate::answers::Answer;
use crate::finding::{Case, Effect, Finding, Rule};
use crate::reach::{Reached, Read};
use crate::shape::{Shape, ShapeKind};
use crate::sign::Uses;
use crate::visits::and_too_long;

/// Judges all programs.
pub(crate) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    for (number, reached) in scene.reached.iter().enumerate() {
        let by_shifts = read_by_shifts(scene, number);
        let reads: BTreeSet<&Read> = reached
            .iter()
            .flat_map(|(_, reached)| reached.reads())
            .collect();
        let loads = loads(scene, number);
        let loads = loads.iter().map(|load| (load, true));
        for (read, is_load) in reads.into_iter().map(|read| (read, false)).chain(loads) {
            let record = &scene.answers.records()[read.record];
            if by_shifts.contains(record.subject.as_str()) {
                continue;
            }
            let visited = |reached: &Reached| match is_load {
                true => {
                    let is_sure = reached.contains(read.place);
                    reached.may_contain(read.place).then_some(is_sure)
                }
                false => reached.reads_as(read),
            };
            let mut uses = None;
            let mut cases = Vec::new();
            for (on, answer) in &record.on {
                let Answer::Value {
                    field: Some(field), ..
                } = answer
                else {
                    continue;
                };
                let (local, target) = &**field;
                // The loader gives a load of its own the kernel's size.
                let has = difference(read, local, target).filter(|_| !is_load);
                // To follow the number is much work: a sign that stays needs none.
                let by_sign = || {
                    let own = changed_sign(read, local, target)?;
                    let program = &scene.programs[number];
                    let uses = uses.get_or_insert_with(|| Uses::of(program, read.place, read.size));
                    uses.differ(own).then(|| other_sign(own, target))
                };
                let Some(has) = has.or_else(by_sign) else {
                    continue;
                };
                for (kernels, reached) in &scene.reached[number] {
                    let kernels = kernels.intersection(on);
                    let Some(is_sure) = visited(reached).filter(|_| !kernels.is_empty()) else {
                        continue;
                    };
                    let (effect, has) = match is_sure {
                        true => (Effect::WrongValue, has.clone()),
                        false => (Effect::Unknown, and_too_long(&has)),
                    };
                    cases.push(Case {
                        kernels,
                        effect,
                        has,
                    });
                }
            }
            if !cases.is_empty() {
                findings.push(Finding {
                    rule: Rule::ChangedType,
                    program: Some(number),
                    place: Some(record.place),
                    subject: record.subject.clone(),
                    cases,
                });
            }
        }
    }
}

/// Loads that have a record themselves.
fn loads(scene: &Scene<'_>, program: usize) -> Vec<Read> {
    let insns = scene.programs[program].insns.iter();
    let loads = insns.filter_map(|(place, insn)| match insn.op() {
        Op::Load { size, .. } => Some(Read {
            record: scene.answers.at(*place)?,
            place: *place,
            size: size.into(),
            is_string: false,
        }),
        _ => None,
    });
    loads.collect()
}

/// The fields of which the program asks the kernel for size and shifts (`BPF_CORE_READ_BITFIELD`): such a
/// read is right for numbers of every width.
fn read_by_shifts<'s>(scene: &'s Scene<'_>, program: usize) -> BTreeSet<&'s str> {
    let insns = &scene.programs[program].insns;
    let records = scene.answers.records().iter();
    let shifts = records.filter(|record| {
        record.kind == CoreReloKind::LshiftU64 && insns.contains_key(&record.place)
    });
    shifts.map(|record| record.subject.as_str()).collect()
}

/// What a kernel has where a read goes wrong. `None` if the read is right, or if what it means to read is
/// not what the object declares.
fn difference(read: &Read, local: &Shape, target: &Shape) -> Option<String> {
    use ShapeKind::{Array, BitField, Number, Pointer, Record};
    let is_whole = read.size == local.size;
    let is_different = match (local.kind, target.kind) {
        (Number, BitField(_)) => is_whole,
        (Number, Number) | (Pointer, Pointer) => is_whole && target.size != read.size,
        // A string ends where it ends.
        (Array { .. }, Array { .. }) if read.is_string => false,
        (Array { element: own }, Array { element }) => {
            let is_within = read.size <= local.size && target.size != 0;
            is_within && (read.size > target.size || own != element && read.size > own.min(element))
        }
        (Record, Record) => read.size <= local.size && target.size != 0 && read.size > target.size,
        _ => false,
    };
    is_different.then(|| match target.kind {
        BitField(_) => format!("`{}`, and the read takes all its bytes", target.name),
        _ => format!(
            "`{}` of {}, and the read takes {}",
            target.name,
            bytes(target.size),
            read.size
        ),
    })
}

/// Whether the number is signed in the object, where it is the other way in the kernel.
fn changed_sign(read: &Read, local: &Shape, target: &Shape) -> Option<bool> {
    let (own, other) = (local.is_signed?, target.is_signed?);
    let is_number = [local, target]
        .iter()
        .all(|shape| shape.kind == ShapeKind::Number && shape.size == read.size);
    (is_number && own != other).then_some(own)
}

/// What a kernel has where a number has a sign that the program does not expect, or lacks the one that it
/// goes by.
fn other_sign(own: bool, target: &Shape) -> String {
    match own {
        true => format!(
            "`{}`, which has no sign, and the program uses one",
            target.name
        ),
        false => format!(
            "`{}`, which may be negative, and the program takes it for a large number then",
            target.name
        ),
    }
}

fn bytes(size: u32) -> String {
    match size {
        1 => "1 byte".to_owned(),
        size => format!("{size} bytes"),
    }
}
