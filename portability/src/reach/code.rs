//! A program's instructions in one row, each with what it refers to, as far as all kernels agree.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use bpf_core_btf::BtfExt;
use bpf_core_btf::insn::{INSN_SIZE, Insn, Op};
use bpf_core_btf::object::{Function, Object, Place, Target};

use super::effect::Effect;
use super::refers::{Refers, pointee_size};
use crate::program::Program;

/// The code of a program and of all functions that it calls.
pub(super) struct Code {
    pub(super) steps: Vec<Step>,
    /// The functions; the first is the program itself.
    pub(super) functions: Vec<Part>,
    /// Steps that several ways lead to: there, ways are compared.
    pub(super) is_join: Vec<bool>,
    /// The numbers that its hook takes as its result, if not all: verifiers look at the bounds of what it gives.
    pub(super) taken: Option<RangeInclusive<i32>>,
}

/// A function of a program.
pub(super) struct Part {
    /// Its first step.
    pub(super) start: u32,
    /// Whether the verifier looks at it by itself, with unknown arguments (`BTF_FUNC_GLOBAL`).
    pub(super) is_global: bool,
    /// Sizes of what its parameters point to, of a global function.
    pub(super) pointees: [u32; 5],
}

/// An instruction.
pub(super) struct Step {
    pub(super) place: Place,
    pub(super) insn: Insn,
    pub(super) op: Op,
    pub(super) refers: Refers,
    /// The function that it is in.
    pub(super) function: u16,
    /// The next one in the code.
    pub(super) next: Option<u32>,
    /// Where it jumps to.
    pub(super) target: Option<u32>,
    /// What the call of a helper or kfunc does.
    pub(super) effect: Option<Effect>,
}

/// The least number that is an errno (`MAX_ERRNO`).
const LEAST_ERRNO: i32 = -4095;

/// The numbers that verifiers take as the result of a program, by its attach type. `None` if they take all.
///
/// Source: `bpf_lsm_get_retval_range` in `kernel/bpf/bpf_lsm.c`, `check_return_code` in `kernel/bpf/verifier.c`.
pub(crate) fn results_taken(attach_type: &str) -> Option<RangeInclusive<i32>> {
    match attach_type {
        "lsm_mac" => Some(LEAST_ERRNO..=0),
        "trace_fentry" | "trace_fexit" => Some(0..=0),
        "trace_iter" => Some(0..=1),
        _ => None,
    }
}

impl Code {
    pub(super) fn of(object: &Object<'_>, ext: Option<&BtfExt<'_>>, program: &Program<'_>) -> Self {
        let numbers: BTreeMap<Place, u32> = program.insns.keys().copied().zip(0..).collect();
        let starts: Vec<Place> = program.functions.iter().map(start_of).collect();
        let taken = program.kind;
        let taken = taken.and_then(|kind| results_taken(kind.section.attach_type));
        let mut code = Self {
            steps: Vec::with_capacity(numbers.len()),
            functions: Vec::new(),
            is_join: vec![false; numbers.len()],
            taken,
        };
        for function in &program.functions {
            let start = numbers.get(&start_of(function)).copied();
            code.functions.push(Part {
                start: start.unwrap_or(u32::MAX),
                ..part(object, ext, function)
            });
        }
        for (place, insn) in &program.insns {
            let function = program.functions.iter().position(|function| {
                function.section == place.section && function.range().contains(&place.at)
            });
            let refers = refers(object, *place, insn, &starts);
            let op = insn.op();
            let jump = match op {
                Op::Goto { distance } | Op::Jump { distance, .. } | Op::MayGoto { distance } => {
                    Some(distance)
                }
                _ => None,
            };
            let at = |distance| numbers.get(&behind(*place, insn, distance)?).copied();
            code.steps.push(Step {
                place: *place,
                insn: *insn,
                op,
                refers,
                function: function.unwrap_or(0) as u16,
                next: at(0),
                target: jump.and_then(at),
                effect: Effect::of(object, insn, refers),
            });
        }
        code.find_joins();
        code
    }

    /// Every target of a jump, every start of a function, and what follows a call.
    fn find_joins(&mut self) {
        for step in &self.steps {
            let calls = matches!(step.op, Op::Call(_));
            let next = step
                .next
                .filter(|_| calls && matches!(step.refers, Refers::Function(_)));
            for at in step.target.into_iter().chain(next) {
                self.is_join[at as usize] = true;
            }
        }
        for function in &self.functions {
            if let Some(is_join) = self.is_join.get_mut(function.start as usize) {
                *is_join = true;
            }
        }
    }
}

fn start_of(function: &Function<'_>) -> Place {
    Place {
        section: function.section,
        at: function.start,
    }
}

/// The place so many slots behind the end of an instruction.
fn behind(place: Place, insn: &Insn, distance: i32) -> Option<Place> {
    let slots = i64::try_from(insn.slots()).ok()? + i64::from(distance);
    let at = i64::from(place.at) + slots * INSN_SIZE as i64;
    Some(Place {
        at: u32::try_from(at).ok()?,
        ..place
    })
}

fn refers(object: &Object<'_>, place: Place, insn: &Insn, starts: &[Place]) -> Refers {
    let function = || {
        let (section, at) = object.callee(place.section, place.at, insn)?;
        let found = starts
            .iter()
            .position(|start| *start == Place { section, at })?;
        Some(Refers::Function(found as u16))
    };
    let is_reference = matches!(insn.op(), Op::LoadImm64(_) | Op::Call(_));
    match object.sections()[place.section].target_at(place.at) {
        _ if !is_reference => Refers::Nothing,
        Some(Target::Map(name)) => {
            let number = object.maps().iter().position(|one| one.name == name);
            number.map_or(Refers::Nothing, |number| Refers::Map(number as u16))
        }
        Some(Target::Data { section, offset }) => Refers::Data {
            section: section as u32,
            offset,
        },
        Some(Target::Extern(name)) => {
            let number = object.externs().iter().position(|one| one.name == name);
            number.map_or(Refers::Nothing, |number| Refers::Extern(number as u16))
        }
        _ => function().unwrap_or(Refers::Nothing),
    }
}

/// What BTF says of a function.
fn part(object: &Object<'_>, ext: Option<&BtfExt<'_>>, function: &Function<'_>) -> Part {
    let mut part = Part {
        start: 0,
        is_global: false,
        pointees: [0; 5],
    };
    let info = object.btf().zip(ext).and_then(|(btf, ext)| {
        let info = ext.func_at(object.section_of(function).name, function.start)?;
        Some((btf, btf.type_by_id(info.type_id)?))
    });
    let Some((btf, of)) = info else { return part };
    /// `BTF_FUNC_GLOBAL`.
    const GLOBAL: u32 = 1;
    part.is_global = of.linkage() == Some(GLOBAL) && !function.is_hidden;
    let prototype = of.referenced().and_then(|id| btf.type_by_id(id));
    let params = prototype
        .into_iter()
        .flat_map(|prototype| prototype.params());
    for (size, param) in part.pointees.iter_mut().zip(params) {
        *size = pointee_size(btf, param.type_id).unwrap_or(0);
    }
    part
}
