//! Whether a program does anything with a value that it loads: what a compiler loads early, for one of
//! several branches, may be of no use on the way that a kernel's verifier takes.

use std::collections::BTreeSet;

use bpf_core_btf::insn::{AluOp, Callee, INSN_SIZE, Insn, Op, Source};
use bpf_core_btf::object::Place;
use bpf_core_kernel_facts::helper;

use crate::program::Program;
use crate::reach::Reached;

/// A set of registers, a bit each.
type Registers = u16;

const ARGUMENTS: Registers = 0b11_1110;
const SCRATCHED: Registers = 0b11_1111;
/// The register that points behind the stack.
const STACK: u8 = 10;

/// Where the value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Holders {
    registers: Registers,
    /// Slots of the stack, a bit each.
    slots: u64,
}

/// Whether a value that is loaded here is surely looked at by an instruction that is visited. What becomes
/// of it through a pointer into the stack is not followed.
pub(super) fn is_used(program: &Program<'_>, reached: &Reached, load: Place) -> bool {
    follow(program, reached, load, |_| true)
}

/// Whether a value that is loaded here is the result of the program, as it is.
pub(super) fn is_result(program: &Program<'_>, reached: &Reached, load: Place) -> bool {
    follow(program, reached, load, |insn| insn.op() == Op::Exit)
}

/// Whether a value comes to an instruction that looks at it and is asked for. One that computes with it makes
/// another value.
fn follow(
    program: &Program<'_>,
    reached: &Reached,
    load: Place,
    is_asked_for: impl Fn(&Insn) -> bool,
) -> bool {
    let Some(insn) = program.insns.get(&load) else {
        return false;
    };
    let first = Holders {
        registers: bit(insn.dst),
        slots: 0,
    };
    let mut next = vec![(behind(load, insn, 0), first)];
    let mut known = BTreeSet::new();
    while let Some((place, holders)) = next.pop() {
        let Some(place) = place.filter(|place| reached.may_contain(*place)) else {
            continue;
        };
        let Some(insn) = program.insns.get(&place) else {
            continue;
        };
        let is_lost = holders.registers == 0 && holders.slots == 0;
        if is_lost || !known.insert((place, holders)) {
            continue;
        }
        let (reads, holders) = step(insn, holders);
        if reads && is_asked_for(insn) {
            return true;
        }
        match insn.op() {
            Op::Exit => {}
            Op::Goto { distance } => next.push((behind(place, insn, distance), holders)),
            Op::Jump { distance, .. } | Op::MayGoto { distance } => {
                let (falls, jumps) = reached.ways(place);
                let ways = [(falls, 0), (jumps, distance)].into_iter();
                let ways = ways.filter(|(is_taken, _)| *is_taken);
                next.extend(ways.map(|(_, distance)| (behind(place, insn, distance), holders)));
            }
            _ => next.push((behind(place, insn, 0), holders)),
        }
    }
    false
}

/// Whether an instruction looks at the value, and where it is behind it.
fn step(insn: &Insn, mut holders: Holders) -> (bool, Holders) {
    let (dst, src) = (bit(insn.dst), bit(insn.src));
    let held = holders.registers;
    let mut set = |is_held: bool| {
        holders.registers = if is_held { held | dst } else { held & !dst };
    };
    let reads = match insn.op() {
        Op::Alu {
            op: AluOp::Mov | AluOp::MovSx(_),
            source,
            ..
        } => {
            set(source == Source::Register && held & src != 0);
            0
        }
        Op::Alu { source, .. } => {
            set(false);
            operands(source, dst, src)
        }
        Op::Jump { source, .. } => operands(source, dst, src),
        Op::Load { .. } => {
            set(insn.src == STACK && holders.slots & slot(insn.off) != 0);
            src
        }
        Op::LoadImm64(_) => {
            set(false);
            0
        }
        Op::Store { source, .. } if insn.dst == STACK => {
            let is_held = source == Source::Register && held & src != 0;
            let of = slot(insn.off);
            holders.slots = if is_held {
                holders.slots | of
            } else {
                holders.slots & !of
            };
            0
        }
        Op::Store {
            source: Source::Imm,
            ..
        } => dst,
        Op::Store { .. } | Op::Atomic { .. } => dst | src,
        Op::Call(callee) => {
            holders.registers = held & !SCRATCHED;
            match callee {
                Callee::Helper if !helper::takes_arguments(insn.imm) => 0,
                _ => ARGUMENTS,
            }
        }
        Op::Exit => 1,
        Op::Goto { .. } | Op::MayGoto { .. } => 0,
        // It is not known what these do.
        _ => Registers::MAX,
    };
    (held & reads != 0, holders)
}

fn operands(source: Source, dst: Registers, src: Registers) -> Registers {
    match source {
        Source::Register => dst | src,
        Source::Imm => dst,
    }
}

fn slot(off: i16) -> u64 {
    let number = (-i32::from(off) + 7) / 8;
    u32::try_from(number)
        .ok()
        .and_then(|number| 1_u64.checked_shl(number))
        .unwrap_or(0)
}

fn bit(register: u8) -> Registers {
    1 << (register & 0xf)
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
